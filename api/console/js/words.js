// All texts of the console, in Chinese and English, and which of the two is shown.

/** By key: Chinese, English. `{0}`, `{1}` … stand for what is told. */
export const TEXTS = {
  "shell.skip": ["跳到正文", "Skip to content"],
  "shell.pages": ["页面", "Pages"],
  "shell.sign_in": ["登录", "Sign in"],
  "shell.sign_out": ["退出", "Sign out"],
  "shell.key": ["访问密钥", "Access key"],
  "shell.key_hint": ["密钥由服务管理员发放，只保存在本标签页，关闭即清除。", "Whoever runs the service gives keys out. The key stays in this tab and goes when it is closed."],
  "shell.loading": ["正在读取…", "Loading…"],
  "shell.nothing": ["没有符合条件的内容", "Nothing fits"],
  "shell.filter": ["筛选（按 / 键）", "Filter (press /)"],
  "shell.cancel": ["取消", "Cancel"],
  "shell.unreachable": ["服务连接不上：请检查网络后重试。", "The service cannot be reached: check the network and try again."],
  "shell.defect": ["页面出错，请刷新重试。", "Something in this page went wrong: load it again."],
  "shell.unknown": ["未知", "unknown"],
  "shell.no_currency": ["币种不详", "currency not on record"],

  "picture.closer": ["放大（+）", "Zoom in (+)"],
  "picture.farther": ["缩小（−）", "Zoom out (−)"],
  "picture.fit": ["全图", "Fit"],
  "picture.save": ["存为图片", "Save as PNG"],
  "picture.about": ["关系图：方向键移动，加减号缩放，N、P 键逐个选择节点，回车打开", "Graph: arrow keys move it, plus and minus zoom, N and P go from node to node, Enter opens"],
  "picture.find": ["在图中查找（按 / 键）", "Find in the graph (press /)"],

  "alerts.title": ["预警", "Alerts"],
  "case.title": ["案件", "Case"],
  "explore.title": ["探查", "Explore"],
  "guarantees.title": ["担保圈", "Guarantees"],
  "dashboard.title": ["总览", "Dashboard"],
};

let product = {};
let shown = localStorage.getItem("ringfence.language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");

/** The language that is shown: "zh" or "en". */
export const language = () => shown;

/** Show another language from now on. */
export function setLanguage(other) {
  shown = other;
  localStorage.setItem("ringfence.language", other);
}

/** Fetch what the product calls kinds, relations, roles, findings, colours, views and measures. */
export async function loadWords() {
  product = await (await fetch("/console/names.json")).json();
}

/** The text of a key, with values in their places. */
export function t(key, ...values) {
  return pick(TEXTS[key] ?? [key, key]).replace(/\{(\d)\}/g, (_, place) => values[place]);
}

/** What the product calls something, such as `word("kind", "company")`; a name without words stands for itself. */
export const word = (group, name) => pick(product[group]?.[name] ?? [name, name]);

/** That of the two languages which is shown, of a pair as the service sends it. */
export const pick = ([zh, en]) => (shown === "zh" ? zh : en);
