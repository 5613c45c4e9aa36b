"""A vision model as OCR engine, its words where another engine saw them."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from PIL import Image

from core.call import Call, ModelName, Usage
from core.errors import EngineUnavailable, ExtractionError
from core.evidence import Box, Word
from core.extractor import Availability
from core.llm.provider import Ask, Capabilities, Estimate, Reply
from core.ocr.alignment import AGREED, ALONE, DIFFERENT, align
from core.ocr.vision import VisionEngine, encode
from core.recipe import ModelChoice, OcrRecipe, Recipe, Redaction

PICTURE = Image.new("RGB", (400, 300), "white")


def word(text: str, x: float, y: float = 0.0, line: int = 0) -> Word:
    """A word of letters 5 wide and 10 high."""
    return Word(text, Box(x, y, x + 5 * len(text), y + 10), 0.9, line)


class Beside:
    """An engine that sees what it is told."""

    name = "beside"

    def __init__(self, *words: Word) -> None:
        self._words = list(words)

    def availability(self) -> Availability:
        return Availability(True)

    def languages(self) -> tuple[str, ...]:
        return ()

    def read(self, image: object, recipe: OcrRecipe) -> list[Word]:
        return self._words


class Model:
    """A door to one model with a reply that is there already."""

    def __init__(self, text: str = "", can: Capabilities | None = None, missing: str = "") -> None:
        self.text, self.can, self._missing = text, can or Capabilities(vision=True), missing
        self.asked: list[Ask] = []

    def ask(self, ask: Ask, **rest: object) -> tuple[Reply, Call]:
        self.asked.append(ask)
        call = Call("1", None, "p", "m", ask.purpose, Usage(), Decimal(0))  # type: ignore[arg-type]
        rest["note"](call)  # type: ignore[operator]
        return Reply(self.text), call

    def missing(self, model: ModelName) -> str:
        return self._missing

    def capabilities(self, model: ModelName) -> Capabilities:
        return self.can

    def default_model(self, provider: str) -> str:
        return "m"

    def estimate(self, ask: Ask) -> Estimate:
        return Estimate(Usage(), None)


def test_words_that_both_read_stand_where_the_other_engine_saw_them() -> None:
    """Written as the model wrote them."""
    aligned = align(["Total: 12.50"], [word("total", 0), word("12.50", 50)])
    assert [(found.text, found.box.x0, found.confidence) for found in aligned] == [
        ("Total:", 0, AGREED),
        ("12.50", 50, AGREED),
    ]


def test_words_read_otherwise_take_the_room_of_their_counterparts() -> None:
    """One for one, or spread over it."""
    aligned = align(["No 1O7 of May"], [word("No", 0), word("107", 20), word("ofMay", 50)])
    assert [found.text for found in aligned] == ["No", "1O7", "of", "May"]
    assert aligned[1].confidence == DIFFERENT
    assert aligned[2].box.x0 < aligned[3].box.x0


def test_words_that_one_alone_saw_are_unsure() -> None:
    """A model may invent, an engine may see specks: both stay, to be doubted."""
    invented = align(["Total 5 EUR"], [word("Total", 0), word("5", 40)])
    assert [(found.text, found.confidence) for found in invented][2] == ("EUR", ALONE)
    overlooked = align(["Total"], [word("Total", 0), word("5", 40)])
    assert [(found.text, found.confidence) for found in overlooked][1] == ("5", ALONE)
    assert align(["ghost"], []) == []


def test_the_model_s_words_come_back_with_places_and_the_call_is_noted() -> None:
    """One picture is sent, for OCR."""
    model, calls = Model(json.dumps({"lines": ["Invoice 7"]})), []
    engine = VisionEngine(model, lambda: Beside(word("Invoice", 0), word("7", 50)), calls.append)
    found = engine.read(PICTURE, OcrRecipe(engine="vision", vision="groq:scout"))
    assert [found_word.text for found_word in found] == ["Invoice", "7"]
    assert model.asked[0].route == (ModelName("groq", "scout"),)
    assert [call.purpose for call in calls] == ["ocr"]


def test_plain_text_is_taken_line_by_line_and_other_json_is_refused() -> None:
    """A model without JSON mode writes lines; anything else is no transcript."""
    recipe = OcrRecipe(engine="vision", vision="p:m")
    plain = VisionEngine(Model("```\nInvoice 7\n```"), lambda: Beside(word("Invoice", 0), word("7", 50)))
    assert [found.text for found in plain.read(PICTURE, recipe)] == ["Invoice", "7"]
    with pytest.raises(ExtractionError, match="lines of text"):
        VisionEngine(Model('{"lines": 3}'), Beside).read(PICTURE, recipe)


@pytest.mark.parametrize(
    ("model", "vision", "said"),
    [
        (Model(), "", "provider:model"),
        (Model(missing="Set GROQ_API_KEY."), "groq:scout", "GROQ_API_KEY"),
        (Model(can=Capabilities(vision=False)), "p:blind", "cannot look at pictures"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_to_do(model: Model, vision: str, said: str) -> None:
    """Never an empty page."""
    with pytest.raises(EngineUnavailable, match=said):
        VisionEngine(model, Beside).read(PICTURE, OcrRecipe(engine="vision", vision=vision))


def test_pictures_are_made_as_small_as_the_model_takes() -> None:
    """In pixels and in bytes."""
    noise = Image.effect_noise((900, 600), 90).convert("RGB")
    sent = encode(noise, Capabilities(image_side=450, image_bytes=30_000))
    assert Image.open(io.BytesIO(sent.data)).size == (450, 300)
    assert len(sent.data) < len(encode(noise, Capabilities(image_side=450)).data)


def test_a_recipe_never_sends_a_page_that_it_is_to_mask() -> None:
    """A vision model sees it before words are known."""
    choice = ModelChoice(redaction=Redaction(kinds=("iban",)))
    with pytest.raises(ValueError, match="masked"):
        Recipe(ocr=OcrRecipe(engine="vision", vision="p:m"), extractors=("llm",), models={"llm": choice})
