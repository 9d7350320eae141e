"""What a release tells machines about itself, as MLCommons' own library reads it."""

import json
import warnings

import pytest

from preceptor.datasets.rules import ReleaseSettings
from preceptor.lib.clock import utc_now

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    mlcroissant = pytest.importorskip("mlcroissant")


@pytest.fixture
async def world(make_world):
    return await make_world(items=4)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("splits", [{}, {"train": 0.5, "test": 0.5}])
async def test_mlcroissant_finds_nothing_wrong(releases, world, splits):
    for _answer in range(4):
        await releases.accepted(world)
    view = await releases.write(await releases.freeze(world, splits=splits, licence="cc-by-4.0", languages=("en",)))
    path = releases.storage.root / f"releases/{view.summary.id}" / "croissant.json"
    metadata = mlcroissant.Dataset(path).metadata
    issues = metadata.ctx.issues

    assert not issues.errors, issues.report()
    assert not issues.warnings, issues.report()
    told = json.loads(path.read_text())
    assert told["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    sums = {one["@id"]: one["sha256"] for one in told["distribution"]}
    assert sums == {file.path: file.sha256 for file in view.files if file.path in sums}
    assert {record.name for record in metadata.record_sets} == {
        file.path.removesuffix(".parquet") for file in view.files if file.path.endswith(".parquet")
    }
    assert told["rai:dataCollectionTimeframe"][0] <= told["rai:dataCollectionTimeframe"][1] <= utc_now().isoformat()
    assert ReleaseSettings(languages=("en",)).languages[0] in told["inLanguage"]
