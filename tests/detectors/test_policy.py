"""The policy file: what it may say, and what is said of one that cannot be used."""

import pytest
from ringfence.detectors.policy import Level, read_policy, shipped
from ringfence.detectors.registry import DETECTORS
from ringfence.detectors.run import run
from ringfence.detectors.settings import stated_settings
from ringfence.graph.errors import UserError
from support.toy import Book

COLOURS = "[colours]\nyellow = 0.4\norange = 0.6\nred = 0.8\n"


def policy(tmp_path, text):
    path = tmp_path / "policy.toml"
    path.write_text(text, "utf-8")
    return read_policy(path)


def test_the_shipped_policy_says_its_version_and_a_least_score_for_each_colour():
    assert shipped().version and shipped().colours == (0.4, 0.6, 0.8)


def test_the_settings_that_the_shipped_policy_spells_out_are_the_defaults():
    assert shipped().parameters
    for detector, stated in shipped().parameters.items():
        assert stated.items() <= DETECTORS[detector].defaults().items()


def test_settings_of_detectors_stand_in_it_and_what_is_given_goes_before(tmp_path):
    stated = policy(tmp_path, f'version = "x"\n{COLOURS}[parameters.fraud-ring]\nmin_members = 4\nmax_members = 50\n')
    view = Book().guarantees("A>B B>A").snapshot()
    batch = run(view, policy=stated, params={"fraud-ring": {"max_members": 70}})
    ring = next(this for this in batch.runs if this.detector == "fraud-ring")
    assert (ring.params["min_members"], ring.params["max_members"], ring.policy) == (4, 70, "x")
    assert next(this for this in batch.runs if this.detector == "guarantee").params == DETECTORS["guarantee"].defaults()


def test_rates_of_default_by_grade_stand_in_it(tmp_path):
    assert list(shipped().default_probability.values()) == [0.01, 0.05, 0.25, 0.5, 1.0]
    stated = policy(tmp_path, f'version = "x"\n{COLOURS}[default_probability]\n"关注" = 0.1\n')
    assert stated.default_probability == {"关注": 0.1}


def test_what_a_colour_asks_for_stands_in_it(tmp_path):
    assert list(shipped().levels) == ["yellow", "orange", "red"]
    assert shipped().levels["red"] == Level("stop", "supervisor", 4)
    stated = policy(tmp_path, f'version = "x"\n{COLOURS}[levels]\nblue = {{ level = "a", owner = "b", hours = 0.5 }}\n')
    assert stated.levels == {"blue": Level("a", "b", 0.5)}
    assert policy(tmp_path, f'version = "x"\n{COLOURS}').levels == {}


def test_a_policy_says_how_many_cases_a_team_can_open_in_a_day(tmp_path):
    assert shipped().budget == policy(tmp_path, f'version = "x"\n{COLOURS}').budget == 20
    assert policy(tmp_path, f'version = "x"\nbudget = 7\n{COLOURS}').budget == 7
    for wrong in ("-1", "true", "2.5", '"7"'):
        with pytest.raises(UserError, match="budget is how many cases"):
            policy(tmp_path, f'version = "x"\nbudget = {wrong}\n{COLOURS}')


@pytest.mark.parametrize(
    ("colour", "level"),
    [
        ("green", '{ level = "a", owner = "b", hours = 1 }'),
        ("red", '{ level = "a", owner = "b" }'),
        ("red", '{ level = "a", owner = " ", hours = 1 }'),
        ("red", '{ level = "a", owner = "b", hours = 0 }'),
        ("red", '{ level = "a", owner = "b", hours = inf }'),
        ("red", '{ level = "a", owner = "b", hours = true }'),
        ("red", "4"),
    ],
)
def test_a_level_that_cannot_be_is_told_with_what_one_looks_like(tmp_path, colour, level):
    with pytest.raises(UserError, match=r"\[levels\] takes for any of blue, yellow, orange, red .* as in red = "):
        policy(tmp_path, f'version = "x"\n{COLOURS}[levels]\n{colour} = {level}\n')


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = ", "cannot be read"),
        (
            f'version = "x"\n{COLOURS}[default_probability]\n"正常" = 1.5\n',
            "a number from 0 to 1 for any of 正常",
        ),
        (f'version = "x"\n{COLOURS}[default_probability]\n"好" = 0.1\n', "a number from 0 to 1 for any of 正常"),
        (COLOURS, "say its version"),
        (f'version = "x"\nowner = 1\n{COLOURS}', "unknown entry 'owner'"),
        ('version = "x"\n[colours]\nyellow = 0.4\n', "takes a least score for each of yellow, orange, red"),
        ('version = "x"\n[colours]\nyellow = 0.9\norange = 0.6\nred = 0.8\n', "rise from 0 to 1"),
        (f'version = "x"\n{COLOURS}[parameters]\nmin_members = 4\n', "stand under their detector"),
    ],
)
def test_a_policy_that_cannot_be_used_is_told_in_one_line(tmp_path, text, says):
    with pytest.raises(UserError, match=says) as told:
        policy(tmp_path, text)
    assert "\n" not in str(told.value).replace("\\n", "")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"rings": {"min_members": 4}}, "unknown detector 'rings'"),
        ({"fraud-ring": {"least": 4}}, "has no parameter 'least'"),
        ({"fraud-ring": {"min_members": 4.5}}, "min_members of detector fraud-ring is a whole number, and 4.5 is not"),
        ({"fraud-ring": {"link_strength": "x"}}, "link_strength of detector fraud-ring is a number, and 'x' is not"),
    ],
)
def test_settings_that_no_detector_takes_are_told(settings, says):
    with pytest.raises(UserError, match=says):
        run(Book().snapshot(), params=settings)


def test_settings_of_a_detector_that_does_not_run_are_looked_at_as_well():
    with pytest.raises(UserError, match="has no parameter 'least'"):
        run(Book().snapshot(), detectors=["guarantee"], params={"fraud-ring": {"least": 4}})


def test_a_detector_may_be_named_like_its_kind_in_the_policy_too(tmp_path):
    stated = policy(tmp_path, f'version = "x"\n{COLOURS}[parameters.fraud_ring]\nmin_members = 4\n')
    batch = run(Book().snapshot(), detectors=["fraud-ring"], policy=stated)
    assert batch.runs[0].params["min_members"] == 4


def test_a_setting_is_stated_as_detector_parameter_and_value_and_read_as_the_default_is():
    stated = stated_settings(
        [
            "fraud-ring.min_members=3",
            "fraud_ring.link_strength = 4",
            "guarantee.core_degree=9",
            "guarantee.core_degree=8",
        ]
    )
    assert stated == {"fraud-ring": {"min_members": 3, "link_strength": 4.0}, "guarantee": {"core_degree": 8}}
    assert isinstance(stated["fraud-ring"]["link_strength"], float)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("min_members=3", "write a setting as DETECTOR.PARAMETER=VALUE, for example fraud-ring.min_members=4; 'min_me"),
        ("fraud-ring.min_members", "write a setting as DETECTOR.PARAMETER=VALUE"),
        ("rings.min_members=3", "unknown detector 'rings': choose from guarantee, fraud-ring"),
        ("fraud-ring.min_member=3", "no parameter 'min_member': did you mean min_members"),
        ("fraud-ring.depth=3", "no parameter 'depth': choose from min_members, max_members"),
        ("fraud-ring.min_members=3.0", "min_members of detector fraud-ring is a whole number, and '3.0' is not"),
        ("fraud-ring.min_members=", "min_members of detector fraud-ring is a whole number, and '' is not"),
        ("fraud-ring.link_strength=nan", "link_strength of detector fraud-ring is a number, and nan is not"),
        ("fraud-ring.min_members=1", "min_members of detector fraud-ring is 2 or more, and 1 is less"),
        ("fraud-ring.link_strength=-1", "link_strength of detector fraud-ring is 0 or more, and -1.0 is less"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_line(text, says):
    with pytest.raises(UserError, match=says) as told:
        stated_settings([text])
    assert "\n" not in str(told.value)
