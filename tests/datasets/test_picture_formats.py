"""COCO, YOLO, VOC and plain pictures, in and out, on real data and on whatever can be thought of."""

import json
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.datasets.formats import find_formats
from preceptor.datasets.formats.yolo.names import from_yaml, quoted
from preceptor.datasets.readers import SourceError
from preceptor.kinds.pictures import LabelledPicture, Shape
from preceptor.lib.storage import Storage
from preceptor.work.attaching import keep_picture
from tests.datasets.pictures import labelled, packed, packed_folder, provenance, read, write
from tests.work.pictures import picture_bytes


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "files")


def tree(one):
    """An XML element as plain values: names, texts and children, in whatever order those of different names stand."""
    children = [tree(child) for child in one]
    return (one.tag, (one.text or "").strip() if not children else "", sorted(map(json.dumps, children)))


def boxes(content: LabelledPicture):
    return [(shape.label, *shape.bounds) for shape in content.shapes]


def near(ones, others, most):
    assert [one[0] for one in ones] == [other[0] for other in others]
    for one, other in zip(ones, others, strict=True):
        assert max(abs(a - b) for a, b in zip(one[1:], other[1:], strict=True)) <= most


# Real data.


@pytest.fixture
def cells(data, tmp_path):
    folder = data / "images" / "bccd_voc"
    return folder, packed_folder(folder, tmp_path / "bccd.zip")


def test_bccd_comes_back_from_voc_equal_in_every_field(cells, storage, tmp_path):
    folder, archive = cells
    rows, problems = read("voc", archive, storage)
    assert problems == []
    assert len(rows) == 12
    out = write("voc", labelled(rows), tmp_path / "out", storage)
    with zipfile.ZipFile(out) as written:
        names = {name for name in written.namelist() if name.endswith(".xml")}
        documents = sorted(folder.glob("*.xml"))
        assert names == {f"Annotations/{path.name}" for path in documents}
        for path in documents:
            before = ET.fromstring(path.read_bytes())
            after = ET.fromstring(written.read(f"Annotations/{path.name}"))
            assert [one.tag for one in before] == [one.tag for one in after]
            assert tree(before) == tree(after), path.name
            assert [tree(one) for one in before.findall("object")] == [tree(one) for one in after.findall("object")]
        for path in folder.glob("*.jpg"):
            assert written.read(f"JPEGImages/{path.name}") == path.read_bytes()


def test_bccd_goes_through_coco_and_yolo_and_keeps_names_and_boxes(cells, storage, tmp_path):
    _folder, archive = cells
    first = labelled(read("voc", archive, storage)[0])
    assert sum(len(one.shapes) for one in first) > 100
    path, before = archive, first
    for step, name in enumerate(("coco", "yolo", "voc")):
        path = write(name, before, tmp_path / str(step), storage)
        rows, problems = read(name, path, storage)
        assert problems == []
        before = labelled(rows)
    by_name = {one.file.name: one for one in before}
    assert set(by_name) == {one.file.name for one in first}
    for one in first:
        near(boxes(one), boxes(by_name[one.file.name]), 0.5)
        assert by_name[one.file.name].file.sha256 == one.file.sha256


def test_the_yolo_pictures_come_in_and_go_out(data, storage, tmp_path):
    folder = data / "images" / "yolo"
    rows, problems = read("yolo", packed_folder(folder, tmp_path / "yolo.zip"), storage)
    assert problems == []
    contents = labelled(rows)
    assert [one.file.name for one in contents] == ["img_1.jpg", "img_5.jpg"]
    assert [shape.label for shape in contents[0].shapes] == ["bus", "number", "closed_door", "closed_door"]
    assert contents[0].labels == ("closed_door", "opened_door", "bus", "number")
    with zipfile.ZipFile(write("yolo", contents, tmp_path / "out", storage)) as written:
        assert written.read("classes.txt") == (folder / "classes.txt").read_bytes().rstrip() + b"\n"
        for path in (folder / "labels").glob("*.txt"):
            before = [[float(word) for word in line.split()] for line in path.read_text().splitlines()]
            after = [line.split() for line in written.read(f"labels/{path.name}").decode().splitlines()]
            for one, other in zip(before, after, strict=True):
                assert [float(word) for word in other] == pytest.approx(one, abs=5e-6)


# Whatever can be thought of.

NAMES = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" "), min_size=1, max_size=12).map(
    str.strip
)
LABELS = st.lists(NAMES.filter(bool), min_size=1, max_size=4, unique_by=lambda name: " ".join(name.split()))
WIDTH, HEIGHT = 320, 240


@st.composite
def shapes(draw, labels, kinds=("box", "polygon", "point")):
    kind = draw(st.sampled_from(kinds))
    x = st.integers(0, WIDTH * 4).map(lambda value: value / 4)
    y = st.integers(0, HEIGHT * 4).map(lambda value: value / 4)
    if kind == "box":
        (left, right), (top, bottom) = sorted(draw(st.tuples(x, x))), sorted(draw(st.tuples(y, y)))
        points = ((left, top), (right, bottom))
    else:
        least = 1 if kind == "point" else 3
        points = tuple(draw(st.lists(st.tuples(x, y), min_size=least, max_size=1 if kind == "point" else 8)))
    return Shape(draw(st.uuids()).hex, kind, draw(st.sampled_from(labels)), points)


@st.composite
def pictures(draw, kinds=("box", "polygon", "point")):
    labels = tuple(draw(LABELS))
    number = draw(st.integers(1, 4))
    return labels, [tuple(draw(st.lists(shapes(labels, kinds), max_size=6))) for _picture in range(number)]


def made(labels, drawn, storage):
    """Labelled pictures with these shapes."""
    found = []
    for number, shapes_ in enumerate(drawn):
        kept = keep_picture(storage, picture_bytes(WIDTH, HEIGHT, shade=number), name=f"folder/p{number}.png")
        found.append(LabelledPicture(file=kept.file, provenance=provenance(number, {}), shapes=shapes_, labels=labels))
    return found


def told(content):
    return [(shape.kind, shape.label, shape.points) for shape in content.shapes]


often = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def round_trip(name, contents, storage, tmp_path):
    place = tmp_path / f"trip-{len(list(tmp_path.iterdir()))}"
    rows, problems = read(name, write(name, contents, place, storage), storage)
    assert problems == []
    return labelled(rows)


@often
@given(drawn=pictures())
def test_coco_gives_back_what_it_took(drawn, storage, tmp_path):
    contents = made(*drawn, storage)
    back = round_trip("coco", contents, storage, tmp_path)
    assert [told(one) for one in back] == [told(one) for one in contents]
    assert [one.file.sha256 for one in back] == [one.file.sha256 for one in contents]
    assert all(set(one.labels) == set(drawn[0]) for one in back)


@often
@given(drawn=pictures(kinds=("box", "polygon")))
def test_voc_gives_back_what_it_took(drawn, storage, tmp_path):
    contents = made(*drawn, storage)
    back = round_trip("voc", contents, storage, tmp_path)
    for before, after in zip(contents, back, strict=True):
        assert [(kind, " ".join(label.split()), points) for kind, label, points in told(after)] == [
            (kind, " ".join(label.split()), points) for kind, label, points in told(before)
        ]


@often
@given(drawn=pictures(kinds=("box", "polygon")))
def test_yolo_gives_back_what_it_took_to_a_hundredth_of_a_pixel(drawn, storage, tmp_path):
    contents = made(*drawn, storage)
    back = round_trip("yolo", contents, storage, tmp_path)
    for before, after in zip(contents, back, strict=True):
        assert len(before.shapes) == len(after.shapes)
        for one, other in zip(before.shapes, after.shapes, strict=True):
            assert (one.kind, " ".join(one.label.split())) == (other.kind, other.label)
            assert [value for point in other.points for value in point] == pytest.approx(
                [value for point in one.points for value in point], abs=0.01
            )


@given(labels=LABELS)
def test_names_in_yaml_are_read_as_they_were_written(labels):
    names = [" ".join(label.split()) for label in labels]
    text = "names:\n" + "".join(f"  {number}: {quoted(name)}\n" for number, name in enumerate(names))
    assert list(from_yaml(text).values()) == names


def test_yaml_has_names_in_every_form_that_tools_write():
    wanted = {0: "car", 1: "traffic light"}
    for text in (
        "nc: 2\nnames: ['car', 'traffic light']\n",
        'names: [car, "traffic light"]\ntrain: images\n',
        "names:\n- car\n- traffic light\n",
        "names:\n  0: car\n  1: traffic light\nval: images\n",
        "names: {0: car, 1: 'traffic light'}\n",
    ):
        assert from_yaml(text) == wanted, text


def test_two_people_are_two_sets_and_two_pictures_of_one_name_are_two_files(storage, tmp_path):
    shape = Shape("a", "box", "car", ((1, 2), (30, 40)))
    files = [
        keep_picture(storage, picture_bytes(shade=shade), name=f"{folder}/one.png").file
        for folder, shade in (("a", 1), ("b", 2))
    ]
    contents = [
        LabelledPicture(file=file, provenance=provenance(number, {}, trainer), shapes=(shape,), labels=("car",))
        for trainer in ("heron", "wren")
        for number, file in enumerate(files)
    ]
    found = {}
    for name in ("coco", "yolo", "voc"):
        with zipfile.ZipFile(write(name, contents, tmp_path / name, storage)) as archive:
            found[name] = Counter(Path(one).parent.name for one in archive.namelist())
            assert archive.testzip() is None
    assert found["coco"] == {"images": 2, "annotations": 2}
    assert found["yolo"] == {"images": 2, "labels": 2, "labels-2": 2, "": 2}
    assert found["voc"] == {"JPEGImages": 2, "Annotations": 2, "Annotations-2": 2}


def test_the_same_content_gives_the_same_bytes(storage, tmp_path):
    contents = made(("car",), [(Shape("a", "box", "car", ((1, 2), (30, 40))),)], storage)
    for name in ("coco", "yolo", "voc"):
        one, other = (write(name, contents, tmp_path / f"{name}{turn}", storage).read_bytes() for turn in (1, 2))
        assert one == other


def test_coco_keeps_what_nobody_knows(storage, tmp_path):
    document = {
        "images": [{"id": 9, "file_name": "a.png", "width": 320, "height": 240, "license": 3, "camera": "north"}],
        "categories": [{"id": 5, "name": "car", "supercategory": "vehicle"}],
        "annotations": [
            {"id": 1, "image_id": 9, "category_id": 5, "bbox": [1, 2, 3, 4], "iscrowd": 0, "colour": "red"},
            {"id": 2, "image_id": 9, "category_id": 5, "bbox": [0, 0, 9, 9], "score": 0.4},
            {
                "id": 3,
                "image_id": 9,
                "category_id": 5,
                "bbox": [0, 0, 50, 50],
                "iscrowd": 0,
                "segmentation": [[0, 0, 10, 0, 10, 10], [40, 40, 50, 40, 50, 50]],
            },
            {
                "id": 4,
                "image_id": 9,
                "category_id": 5,
                "bbox": [5, 5, 6, 6],
                "iscrowd": 1,
                "segmentation": {"counts": [1, 2], "size": [240, 320]},
            },
        ],
    }
    path = tmp_path / "coco.zip"
    path.write_bytes(packed({"a.png": picture_bytes(), "annotations.json": json.dumps(document)}))
    rows, problems = read("coco", path, storage)
    assert problems == []
    (suggested,) = rows[0].content.suggestions
    assert suggested.attributes == {"score": 0.4}
    with zipfile.ZipFile(write("coco", labelled(rows), tmp_path / "out", storage)) as archive:
        back = json.loads(archive.read("annotations/instances.json"))
    assert back["images"][0]["camera"] == "north"
    assert [one["bbox"] for one in back["annotations"]] == [[1, 2, 3, 4], [0, 0, 50, 50], [5, 5, 6, 6]]
    assert back["annotations"][0]["colour"] == "red"
    assert back["annotations"][1]["segmentation"] == document["annotations"][2]["segmentation"]
    assert back["annotations"][1]["area"] == 100
    assert back["annotations"][2]["segmentation"] == document["annotations"][3]["segmentation"]
    assert back["annotations"][2]["iscrowd"] == 1


def test_images_are_items_and_nothing_else(storage, tmp_path):
    path = tmp_path / "images.zip"
    files = {
        "b/2.png": picture_bytes(),
        "a/1.jpg": picture_bytes(form="JPEG"),
        "notes.txt": "hello",
        "__MACOSX/a/._1.jpg": b"junk",
        ".hidden.png": b"junk",
        "../../evil.png": picture_bytes(shade=9),
    }
    path.write_bytes(packed(files))
    rows, problems = read("images", path, storage)
    assert problems == []
    assert sorted(row.content.file.name for row in rows) == ["a/1.jpg", "b/2.png"]
    assert labelled(rows) == []


# What is wrong with it.

PNG = picture_bytes()
GOOD_XML = (
    "<annotation><filename>a.png</filename><object><name>car</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
    "<xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>"
)
COCO = {
    "images": [{"id": 1, "file_name": "a.png"}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 8, 8]}],
}


def coco(**changes):
    return json.dumps(COCO | changes)


WRONG = [
    ("voc", {"a.png": PNG, "a.xml": "<annotation>"}, "malformed"),
    ("voc", {"a.png": PNG, "a.xml": "<html/>"}, "malformed"),
    ("voc", {"a.png": PNG, "a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>'}, "malformed"),
    ("voc", {"a.png": PNG, "a.xml": GOOD_XML.replace("<xmin>1", "<xmin>one")}, "malformed"),
    ("voc", {"a.png": PNG, "a.xml": GOOD_XML.replace("<xmin>1", "<xmin>nan")}, "malformed"),
    ("voc", {"a.xml": GOOD_XML}, "no_picture"),
    ("voc", {"a.png": PNG}, "no_data"),
    ("voc", {"a.png": b"<svg/>", "a.xml": GOOD_XML}, "not_a_picture"),
    ("yolo", {"a.png": PNG, "a.txt": "0 .5 .5 .1 .1"}, "no_names"),
    ("yolo", {"a.png": PNG, "a.txt": "7 .5 .5 .1 .1", "classes.txt": "car"}, "malformed"),
    ("yolo", {"a.png": PNG, "a.txt": "0 .5 .5 .1", "classes.txt": "car"}, "malformed"),
    ("yolo", {"a.png": PNG, "a.txt": "0 50 50 10 10", "classes.txt": "car"}, "malformed"),
    ("yolo", {"a.png": PNG, "a.txt": "car .5 .5 .1 .1", "classes.txt": "car"}, "malformed"),
    ("yolo", {"a.png": PNG, "a.txt": b"\xff\xfe", "classes.txt": "car"}, "encoding"),
    ("yolo", {"classes.txt": "car"}, "no_data"),
    ("coco", {"a.png": PNG, "a.json": "{"}, "malformed"),
    ("coco", {"a.png": PNG, "a.json": '{"images": 1}'}, "malformed"),
    ("coco", {"a.png": PNG, "a.json": coco(categories=[])}, "malformed"),
    ("coco", {"a.png": PNG, "a.json": coco(images=[])}, "no_image"),
    ("coco", {"a.png": PNG, "a.json": coco(images=[{"id": 1}])}, "malformed"),
    ("coco", {"a.json": coco()}, "no_picture"),
    ("coco", {"a.png": PNG, "a.json": coco(annotations=[{"image_id": 1, "category_id": 1, "bbox": [1]}])}, "malformed"),
    ("coco", {"a.png": PNG}, "no_data"),
    ("images", {"a.png": b"<svg onload=alert(1)>"}, "not_a_picture"),
    ("images", {"a.txt": "hello"}, "no_data"),
]


@pytest.mark.parametrize(("name", "files", "code"), WRONG, ids=[f"{one[0]}-{at}" for at, one in enumerate(WRONG)])
def test_what_is_wrong_is_told_by_line(name, files, code, storage, tmp_path):
    path = tmp_path / "wrong.zip"
    path.write_bytes(packed(files))
    rows, problems = read(name, path, storage)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].line == 1
    assert str(problems[0].message)
    assert rows == []


@pytest.mark.parametrize("name", ["coco", "images", "voc", "yolo"])
def test_what_is_no_archive_says_so(name, storage, tmp_path):
    path = tmp_path / "plain.zip"
    path.write_bytes(b"hello")
    with pytest.raises(SourceError, match="pack the folder that holds both as ZIP"):
        read(name, path, storage)


def test_one_bad_picture_leaves_the_others(storage, tmp_path):
    path = tmp_path / "mixed.zip"
    path.write_bytes(packed({"a.png": PNG, "b.png": b"broken", "c.png": picture_bytes(shade=3)}))
    rows, problems = read("images", path, storage)
    assert [row.line for row in rows] == [1, 3]
    assert [problem.line for problem in problems] == [2]


def test_pictures_are_written_by_three_formats_and_read_by_four():
    writes = {name: find_formats()[name].writes for name in ("coco", "images", "voc", "yolo")}
    assert writes == {"coco": True, "images": False, "voc": True, "yolo": True}
