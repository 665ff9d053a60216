"""What a message holds."""

import json

import pytest

from chalicelib.channels.messenger_content import contents
from chalicelib.model.content import Audio, Card, Cards, File, Image, Location, Text, Unsupported, Video
from chalicelib.model.entry import Author, Entry, encode
from chalicelib.model.happening import MOST_PARTS
from chalicelib.model.text import TEXT_LIMIT
from tests.channels.deliveries import AT, NOW, event, happenings, heard, said


def attached(*attachments, **message):
    return heard(attachments=list(attachments), **message)


def of(kind, **payload):
    return {"type": kind, "payload": payload}


@pytest.mark.parametrize(("kind", "form"), [("image", Image), ("audio", Audio), ("video", Video), ("file", File)])
def test_media_has_its_address(kind, form):
    assert attached(of(kind, url="https://cdn.example/a")) == [form("https://cdn.example/a")]


@pytest.mark.parametrize(
    "url", [None, "", 7, "/a.jpg", "javascript:alert(1)", "data:image/png;base64,", "https://x/" + "y" * 4000]
)
def test_media_without_a_usable_address_is_kept_as_it_came(url):
    assert [one.type for one in attached(of("image", url=url))] == ["unsupported"]


def test_a_text_stands_before_what_is_attached():
    assert attached(of("image", url="https://cdn.example/a"), text="Look") == [
        Text("Look"),
        Image("https://cdn.example/a"),
    ]


@pytest.mark.parametrize(
    ("sent", "kept", "last"), [(29, 30, None), (30, 30, "… and 2 more"), (200, 30, "… and 172 more")]
)
def test_a_message_of_very_many_parts_tells_how_many_were_left_out(sent, kept, last):
    pictures = [of("image", url=f"https://cdn.example/{number}") for number in range(sent)]

    found = attached(*pictures, text="Look")

    assert len(found) == kept == MOST_PARTS
    assert found[-1] == (Text(last) if last else Image("https://cdn.example/28"))


# 6.13 stickers and links


STICKER = of("sticker", url="https://cdn.example/s.png", sticker_id=369239263222822)


@pytest.mark.parametrize(
    "picture",
    [
        of("image", url="https://cdn.example/s.png"),
        of("image", url="https://cdn.example/s-small.png", sticker_id="369239263222822"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_a_sticker_that_comes_with_its_picture_shows_once(picture, order):
    assert attached(*[STICKER, picture][::order]) == [Image("https://cdn.example/s.png")]


def test_a_sticker_of_old_that_is_a_picture_only_shows():
    assert attached(of("image", url="https://cdn.example/s.png", sticker_id=1)) == [Image("https://cdn.example/s.png")]


def test_a_picture_beside_another_sticker_shows():
    assert len(attached(STICKER, of("image", url="https://cdn.example/p.png"))) == 2


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ({"payload": {"url": "https://shop.example/p/1", "title": "Blue lamp"}}, "Blue lamp https://shop.example/p/1"),
        (
            {"title": "Blue lamp", "url": "https://shop.example/p/1", "payload": None},
            "Blue lamp https://shop.example/p/1",
        ),
        ({"title": "Blue lamp", "URL": "https://shop.example/p/1"}, "Blue lamp https://shop.example/p/1"),
        ({"title": "Blue lamp", "URL": "not an address", "payload": "BLOB"}, "Blue lamp"),
        ({"url": "https://shop.example/p/1"}, "https://shop.example/p/1"),
    ],
    ids=str,
)
def test_a_link_is_shown_as_text(link, shown):
    assert attached({"type": "fallback", **link}) == [Text(shown)]


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("see https://shop.example/p/1", "https://shop.example/p/1"),
        ("see shop.example", "https://www.shop.example/"),
        ("see Shop.example/a?b=c", "https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.example%2Fa%3Fb%3Dc&h=AT0"),
    ],
)
def test_a_link_that_the_text_has_already_is_not_said_twice(words, url):
    assert attached({"type": "fallback", "url": url, "title": "Blue lamp"}, text=words) == [Text(words)]


def test_a_link_with_nothing_to_it_is_kept_as_it_came():
    link = {"type": "fallback", "payload": None}

    assert attached(link) == [Unsupported(link)]


@pytest.mark.parametrize(
    ("shared", "shown"),
    [
        (of("reel", url="https://cdn.example/r.mp4", title="Lamp tour"), "Lamp tour https://cdn.example/r.mp4"),
        (of("reel", url="/reel/880001/"), "https://www.facebook.com/reel/880001/"),
        (of("ig_reel", url="/reel/880002/"), "https://www.instagram.com/reel/880002/"),
        (of("post", url="https://cdn.example/post/5", title="Sale"), "Sale https://cdn.example/post/5"),
        (of("ig_post", url="https://cdn.example/post/6", title="Sale"), "Sale https://cdn.example/post/6"),
    ],
    ids=str,
)
def test_what_was_shared_is_a_link(shared, shown):
    assert attached(shared) == [Text(shown)]


def test_a_location_is_a_place():
    assert attached(of("location", coordinates={"lat": 48.85, "long": 2.35})) == [Location(48.85, 2.35)]


@pytest.mark.parametrize("lat", [None, 91, "north", float("nan"), float("inf"), 10**400, [], True])
def test_a_place_that_is_not_on_earth_is_no_error(lat):
    [place] = attached(of("location", coordinates={"lat": lat, "long": 2.35}))

    assert place.type == "unsupported" or place.lat == 1.0


def test_a_product_is_a_card():
    element = {"id": "p1", "image_url": "https://cdn.example/p1.jpg", "title": "Lamp", "subtitle": "40 EUR"}

    assert attached(of("template", product={"elements": [element]})) == [
        Cards([Card("Lamp", "40 EUR", "https://cdn.example/p1.jpg")])
    ]


def test_many_products_and_odd_ones_are_all_shown():
    odd = [{"title": "x" * 300, "subtitle": None, "image_url": "/a"}, None, {}]

    few, rest = attached(of("template", product={"elements": [*odd, *[{"title": "Lamp"}] * 10]}))

    assert len(few.cards) == 10
    assert len(rest.cards) == 3
    assert few.cards[0] == Card("x" * 199 + "…")
    assert few.cards[2] == Card("Product")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Paris", "2026-09-21 17:13 to 2026-09-21 18:13 (Europe/Paris)"),
        ("Nowhere/Else", "2026-09-21 15:13 to 2026-09-21 16:13 (UTC)"),
        ("../../etc/passwd", "2026-09-21 15:13 to 2026-09-21 16:13 (UTC)"),
        (None, "2026-09-21 15:13 to 2026-09-21 16:13 (UTC)"),
    ],
)
def test_an_appointment_is_told_in_words(zone, shown):
    booking = {
        "booking_id": "b",
        "status": "requested",
        "start_time": 1790003600,
        "end_time": 1790007200,
        "timezone": zone,
    }

    assert attached(of("appointment_booking", **booking)) == [Text(f"Appointment requested: {shown}")]


def test_an_appointment_without_times_is_still_one():
    assert attached(of("appointment_booking", status="declined")) == [Text("Appointment declined")]


@pytest.mark.parametrize("kind", ["story_mention", "brand_new", None, 7, ["image"]])
def test_what_is_unknown_is_kept_as_it_came(kind):
    attachment = of(kind, a=1)

    assert attached(attachment) == [Unsupported(attachment)]


def test_what_the_platform_cannot_tell_us_is_unsupported():
    [one] = heard(is_unsupported=True, text="?")

    assert one == Unsupported({"mid": "m_1", "is_unsupported": True, "text": "?"})


def test_a_message_of_nothing_is_unsupported():
    assert heard() == [Unsupported({"mid": "m_1"})]


def test_a_text_over_the_limit_is_cut():
    [one] = heard(text="x" * 30_000)

    assert one == Text("x" * (TEXT_LIMIT - 1) + "…")


def test_a_lone_surrogate_is_replaced():
    [one] = happenings(said("bad \ud83d", quick_reply={"payload": "\ud83d"}))

    assert one.content == Text("bad \ufffd", payload="\ufffd")


@pytest.mark.parametrize(
    ("postback", "content"),
    [
        ({"title": "Menu"}, Text("Menu")),
        ({"payload": "MENU"}, Text("MENU", payload="MENU")),
        ({"title": "", "payload": "MENU"}, Text("MENU", payload="MENU")),
        ({"title": "Menu", "payload": "x" * 1001}, Text("Menu")),
        ({"payload": "x" * 1001}, Text("x" * 999 + "…")),
        ({"title": "x" * 300, "payload": 7}, Text("x" * 300, payload="7")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_postback_is_what_its_button_says(postback, content):
    assert [one.content for one in happenings(event(postback=postback))] == [content]


# whatever it is, an entry can hold it


@pytest.mark.parametrize(
    "strange",
    [
        {"type": "x", "a": "b" * 100_000},
        {"type": "x", **{str(number): number for number in range(20_000)}},
        {"type": "x", "a": json.loads("[" * 300 + "]" * 300)},
        {"type": "x", "a": [float("nan"), float("-inf"), 10**100, True, None, 1.5]},
        {"type": "x", "\ud800": "\ud800"},
        {"type": "image", "payload": {"url": "https://x/", "a": ["🙂" * 20_000]}, "url": None},
    ],
    ids=lambda strange: str(strange)[:40],
)
def test_a_raw_payload_fits_an_entry(strange):
    for content in contents({"attachments": [strange]}, NOW):
        kept = encode(Entry(seq=1, id="in:m_1", kind="message", author=Author(kind="user"), at=AT, content=content))

        assert json.loads(kept.encode())["content"]
