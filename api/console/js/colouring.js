// What nodes can be coloured by, in colours that a colour-blind person tells apart, each with a mark or a text as well.

import { el } from "./html.js";
import { t, word } from "./words.js";

export const COLOUR_BY = ["kind", "risk", "region", "flags"];

const RISKS = {
  red: { mark: "■", background: "#fbe3e0", border: "#b42318" },
  orange: { mark: "▲", background: "#fdebd9", border: "#b4500b" },
  yellow: { mark: "◆", background: "#fbf3d3", border: "#8a6000" },
  blue: { mark: "●", background: "#e3eefa", border: "#2563a8" },
};
const BAD = new Set(["blacklist", "confirmed_fraud", "overdue", "restricted_destination", "greylist"]);
const FLAGGED = { background: "#fbe3e0", border: "#b42318" };
const CLEARED = { background: "#e8f4ec", border: "#2f7a4d" };
const PLAIN = { background: "#ffffff", border: "#9aa5b4" };
// Okabe and Ito (2008), lightened for the ground.
const REGIONS = [["#e0f0fa", "#0072b2"], ["#fdeedd", "#d55e00"], ["#dff3ec", "#009e73"], ["#f9e8f1", "#a8457e"],
  ["#fdf6d5", "#8a7000"], ["#e2f4fc", "#2f8fc4"], ["#fbf0d9", "#b57500"], ["#ececec", "#444444"]];

/** How each node is painted, by id, and the legend: `{paint, legend}`; by kind, as the service paints them. */
export function colouring(by, about) {
  if (by === "kind") return { paint: {}, legend: [] };
  return { risk: byRisk, region: byRegion, flags: byFlags }[by](about);
}

function byRisk(about) {
  const paint = each(about, ({ risk }) => RISKS[risk]);
  const seen = Object.keys(RISKS).filter((risk) => Object.values(about).some((one) => one.risk === risk));
  return { paint, legend: [...seen.map((risk) => key(RISKS[risk], `${RISKS[risk].mark} ${word("colour", risk)}`)), key(PLAIN, t("explore.no_finding"))] };
}

function byRegion(about) {
  const regions = [...new Set(Object.values(about).map(({ region }) => region).filter(Boolean))].sort();
  const style = (region) => {
    const [background, border] = REGIONS[Math.min(regions.indexOf(region), REGIONS.length - 1)];
    return { background, border, mark: `〔${region}〕` };
  };
  const named = regions.map((region) => key(style(region), region));
  return { paint: each(about, ({ region }) => region && style(region)), legend: [...named, key(PLAIN, t("shell.unknown"))] };
}

function byFlags(about) {
  const style = ({ flags }) => flags.length && { ...(flags.some((flag) => BAD.has(flag)) ? FLAGGED : CLEARED), mark: `⚑${flags.map(flagWord).join("、")}` };
  return { paint: each(about, style), legend: [key(FLAGGED, t("explore.flagged")), key(CLEARED, t("explore.cleared")), key(PLAIN, t("explore.no_flag"))] };
}

/** What a flag is called. */
export const flagWord = (flag) => t(`flag.${flag}`);

const each = (about, style) => Object.fromEntries(Object.entries(about).map(([id, one]) => [id, style(one) || PLAIN]));
const key = ({ background, border }, text) =>
  el("li", {}, swatch(background, border), text);

/** A little box in two colours; the page's policy lets no style stand in markup, but lets it be set. */
function swatch(background, border) {
  const made = el("i", { class: "mark" });
  made.style.background = background;
  made.style.borderColor = border;
  return made;
}
