"""What an entry says, as section 3.8 of schemas/PASSPORT.md says."""
from directory_text import is_language
from flat_message import must
from signed_notes import is_label, is_prose, is_word

BY_ASKER = {4: "request", 5: "information", 6: "withdraw", 7: "expire", 8: "enter_in_error", 9: "confirm",
            10: "close_unconfirmed", 11: "erase", 26: "take_back"}
BY_ASKED = dict(enumerate("review ask accept decline redirect start hold resume complete not_complete withdraw_ok "
                          "erased held".split(), 12))
KINDS = {**BY_ASKER, **BY_ASKED, 25: "note"}
WITH_REASON, WITH_TEXT, REQUEST = {6, 9, 15, 16, 20, 21, 24}, {5, 13, 25}, 4
ITEMS = set("age_band gender languages location reasons narrative services_requested services_given caregiver "
            "unaccompanied safe_contact attachments".split())
LAST_MS = 253402300799999


def words(list_of_text, most):
    return len(list_of_text) <= most and all(is_word(one) for one in list_of_text)


def check_consent(consent):
    items = consent.texts(1)
    recipients, withheld = consent.texts(2), consent.structs(3)
    must(1 <= consent.number("H", 0) <= 4 and len(consent.data(0)) == 32, "consent")
    must(len(items) <= 12 and ITEMS.issuperset(items), "consent: items")
    must(1 <= len(recipients) <= 32 and all(is_label(one, 512) for one in recipients), "consent: recipients")
    must(len(withheld) <= 12, "consent: withheld")
    for one in withheld:
        must(one.text(0) in ITEMS.difference(items) and is_word(one.text(1)), "consent: withheld")


def check_request(request):
    must(is_label(request.text(0), 512), "request: case code")
    must(is_word(request.text(1)) and is_word(request.text(13)), "request: kind or basis")
    must(1 <= request.number("H", 0) <= 5, "request: urgency")
    must(all(not request.text(i) or is_word(request.text(i)) for i in (2, 3)), "request: age band or gender")
    languages = request.texts(4)
    must(len(languages) <= 32 and all(is_language(one, "A-Za-z") for one in languages), "request: languages")
    country = request.text(5)
    must(not country or len(country) == 2 and "a" <= min(country) and max(country) <= "z", "request: country")
    must(words(request.texts(7), 6) and words(request.texts(9), 32) and words(request.texts(10), 32),
         "request: reasons or services")
    safe = request.struct(11)
    must(not safe.text(0) or is_word(safe.text(0)), "request: channel")
    for text, most in ((request.text(8), 16384), (request.text(6), 512), *((safe.text(i), 512) for i in (1, 2, 3))):
        must(not text or is_prose(text, most), "request: text")
    must(all(request.number("H", at) <= 3 for at in (2, 4, 6)), "request: answers")
    must(request.number("q", 8) >= 0, "request: reply by")
    check_consent(request.struct(12))


def said_in(event, side, number, referral):
    kind, at, seen = event.number("H", 16), event.number("q", 8), event.number("I", 4)
    reason, text = event.text(1), event.text(2)
    must(event.data(0) == referral and event.number("I", 0) == number, "of another place")
    must(0 <= at <= LAST_MS, "time")
    must(kind in KINDS, "kind")
    must(is_word(reason) if kind in WITH_REASON else not reason, "reason")
    must(is_prose(text, 16384) if text else kind not in WITH_TEXT, "text")
    must((event.pointer(3) is not None) == (kind == REQUEST), "request")
    must(seen <= 1000, "seen too many")
    if kind == REQUEST:
        check_request(event.struct(3))
    return {"kind": KINDS[kind], "atMs": at, "text": text, "seen": seen,
            "wrongSide": kind in (BY_ASKED if side == 1 else BY_ASKER)}
