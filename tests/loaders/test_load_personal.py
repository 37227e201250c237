"""Personal values in a load: tokens and masks, never the values."""

import numpy as np
import pyarrow.ipc as ipc
from support.loading import PERSONAL, Loading

RAW = {
    "name": "欧阳娜娜",
    "cert_no": "11010519491231002X",
    "mobile": "13987654321",
    "email": "nana.ouyang@example.com",
    "bank_card_no": "6222021234567890128",
    "employer_phone": "010-62349876",
    "home_address": "北京市海淀区学院路三十八号",
}


def test_no_personal_value_stands_in_the_store_or_its_staging(tmp_path, monkeypatch):
    loading = Loading(tmp_path, PERSONAL)
    applications = {
        "device_id": "device-serial-771", "imei": "860123456789014", "ip": "203.0.113.77",
        "wifi_bssid": "aa:bb:cc:dd:ee:77", "gps_lat": "39.908713", "gps_lon": "116.397512",
    }  # fmt: skip
    staged = []
    remove = "ringfence.loaders.passes.staging.Staging.remove"
    monkeypatch.setattr(remove, lambda self: staged.extend(path.read_bytes() for path in self.folder.iterdir()))
    loading.load(
        applicants=f"applicant_id,{','.join(RAW)}\nA1,{','.join(RAW.values())}",
        applications=f"apply_no,applicant_id,apply_time,amount,{','.join(applications)}\n"
        f"P1,A1,2026-01-01,call 13987654321,{','.join(applications.values())}",
        contacts=f"applicant_id,contact_mobile,contact_name\nA1,13800138000,{RAW['name']}\nA1,1.3987654321E+10,x",
        transfers=f"from_account,to_account,amount,time\n{RAW['bank_card_no']},55554444333322221111,1,2026-01-01",
        flags=f"entity_kind,entity_key,flag\nid_document,{RAW['cert_no']},overdue",
    )
    loading.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("book.db*") if path.is_file())
    # opened and uncompressed, so that a value could be found
    opened = [loading.store.keys.unseal(data) for data in staged if data.startswith(b"aesgcm.")]
    frames = [ipc.open_stream(data).read_pandas().to_csv() for data in opened]
    assert len(frames) > 5 and len(staged) == len(frames) + 1  # and the manifest
    kept += "".join(frames).encode()
    digits = [value.replace("-", "") for value in (*RAW.values(), *applications.values())]
    for value in {*RAW.values(), *applications.values(), *digits, "55554444333322221111", "1.3987654321"}:
        assert value.encode() not in kept, value
    # and the same node can still be named by who knows the value
    keys = loading.store.keys
    assert loading.edges("HAS_PHONE")[0][0] == "applicant:A1"
    assert ("applicant:A1", f"phone:{keys.token('phone', '+8613987654321')}") in loading.edges("HAS_PHONE")
    mask, cipher = loading.store.secret(keys.token("name", RAW["name"]))
    assert (mask, keys.decrypt(cipher)) == ("欧阳*", RAW["name"])
    assert keys.token("name", RAW["name"]) == loading.facts("applicants")["applicants:A1"]["name"]


def test_a_place_that_cannot_be_read_is_masked_in_its_reject(tmp_path):
    loading = Loading(tmp_path, PERSONAL)
    loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time,gps_lat,gps_lon\nP1,A1,2026-01-01,N39.908713,116.3",
    )
    assert loading.store.rejects()["value"].tolist() == ["N39.9****"]


def test_masks_stand_behind_every_personal_token_in_the_graph(tmp_path):
    loading = Loading(tmp_path, PERSONAL)
    loading.load(
        applicants=f"applicant_id,{','.join(RAW)}\nA1,{','.join(RAW.values())}\nA2,无,12,13800138000,x,1,95588,同上",
        contacts="applicant_id,contact_mobile,contact_name\nA1,13800138000,张三",
    )
    snapshot = loading.store.snapshot()
    names = snapshot.names(np.arange(snapshot.node_count))
    tokens = [name.partition(":")[2] for name in names if ":tok_" in name]
    assert len(tokens) == 13
    assert all(snapshot.mask(token) for token in tokens)
