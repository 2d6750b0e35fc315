"""Three networks whose place on the ladder is known, through the rules, from responses to claims."""

import json
from pathlib import Path

import numpy as np
import pytest

from phonotopy.activations.own import OwnLayer, OwnUtterance, write_responses
from phonotopy.calibration.known_networks import DESIGN, INVENTORY, NETWORKS, described, responses
from phonotopy.calibration.simulated_speech import Speech, speech
from phonotopy.core.seeds import stream
from phonotopy.core.tables import write_table
from running import copied, rows, snakemake

HOP_S = 0.1  # a token is as long as a response
ENDS = {"noise": "order", "acoustics": "beyond manner", "phones": "beyond sound"}
LADDER = ("order", "speech", "beyond manner", "beyond sound")
SETTINGS = {"permutations": 199, "label_shifts": 39, "surrogates": 199, "bootstraps": 39, "relabellings": 39}


def written(folder: Path, network: str) -> None:
    """The folder of one's own responses: a response per token, and the description of its sound."""
    random = stream("known networks through the rules", network)
    said = speech(random, DESIGN)
    values = responses(random, said, NETWORKS[network])
    utterances = [spoken(said, values, number) for number in np.unique(said.tokens.utterance)]
    layer = OwnLayer("only", rows=8, columns=8, stride_s=HOP_S, offset_s=HOP_S / 2, receptive_field_s=HOP_S)
    write_responses(folder, [layer], utterances, INVENTORY)
    described(random, said).write(folder / "sound.npz")


def spoken(said: Speech, values: np.ndarray, number: int) -> OwnUtterance:
    here = np.flatnonzero(said.tokens.utterance == number)
    phones = [
        (said.tokens.phones[phone], HOP_S * place, HOP_S * (place + 1))
        for place, phone in enumerate(said.tokens.phone[here])
    ]
    speaker = said.tokens.samples[said.tokens.speaker[here[0]]]
    return OwnUtterance(f"u{number:04d}", speaker, phones, {"only": values[here]})


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    folder = copied(tmp_path_factory.mktemp("known"))
    labels = [{"label": phone.label, "manner": phone.manner} for phone in INVENTORY.phones]
    write_table(folder / "labels.tsv", ["label", "manner"], labels)
    for network in NETWORKS:
        written(folder / "own" / network / "seed0", network)
    overlay = {
        "results": "results/known",
        "run": [*NETWORKS],
        "conditions": {name: {"responses": f"own/{name}/seed{{seed}}"} for name in NETWORKS},
        "alignment": {"inventory": "labels.tsv", "labels": ""},
        "figures": {"phones": [*INVENTORY.labels]},
        "mapping": {**SETTINGS, "minimum_tokens": 30, "minimum_speakers": 3},
    }
    run = snakemake(folder, "results/known/tables/claims.tsv", "--cores", "2", overlay=json.dumps(overlay))
    assert run.returncode == 0, run.stdout
    return rows(folder / "results/known/tables/claims.tsv")


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS)
def test_a_known_network_ends_where_it_should(claims: list[dict[str, str]], network: str) -> None:
    holds = {row["claim"]: row["holds"] for row in claims if row["condition"] == network}
    passed = LADDER.index(ENDS[network]) + 1
    found = [holds[name] for name in LADDER]
    if network == "acoustics":  # sound may or may not tell phones of one manner apart
        assert found[:2] == ["yes", "yes"] and found[3] == "no"
    else:
        assert found == ["yes"] * passed + ["no"] * (4 - passed)
