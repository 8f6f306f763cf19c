"""Notes on the author, appeals, disclaimers and formulas: paragraphs that are of no story.

Told by the words of such notes in English; in other languages by their recurrence alone.
"""

from __future__ import annotations

import re

# Of these a paragraph is made, whatever it is under.
_NOTE = re.compile(
    r"\b(?:opinions?|views?) expressed (?:in|here|are)\b|\bsolely (?:those|that) of\b"
    r"|\bcontributed (?:to|reporting|from)\b.{0,80}$|\bcontributing: "
    r"|\b(?:follow|find|like|join) .{0,60}?\bon\s+(?:twitter|facebook|instagram)"
    r"|\bfollow .{0,30}?@\w"
    r"|\btweets (?:at )?@"
    r"|\b(?:can|may) be (?:reached|contacted|followed) (?:@|at (?:\S*[@\d]|\[|www)"
    r"|(?:by|via|on) (?:her |his |their )?(?:e-?mail|facebook|instagram|twitter|web ?site)\b)"
    r"|\b(?:e-?mail|contact) (?:us|me|the author)\b"
    r"|\bsign(?:ed)? up (?:for|to|here)\b|\bour (?:\w+ ){0,2}newsletters?\b|^\W*newsletters?\b"
    # An appeal begins a sentence.
    r"|(?:^|[.!?:|–—])\W*(?:(?:please|to) )?(?:subscribe\b|(?:get|join|receive|try) "
    r"[^.!?]{0,60}\b(?:newsletters?|subscription)\b)"
    r"|\bclick here\b|\bread (?:more|our)\b|\ball rights reserved\b|©"
    r"|^\W*(?:image )?copyright (?!law|case|infring|suit)|\bcopyright (?:\(c\) )?(?:19|20)\d\d\b"
    r"|^\W*for (?:\w+ ){0,3}licensing (?:enquir|inquir|request)"
    r"|\bfor licensing (?:information|opportunities)\b|^\W*licensing:"
    r"|\bmay not be (?:published|broadcast|reprinted|reproduced)\b"
    r"|\bdonations? to (?:our|us|support)\b|\bdonate (?:now|today|here|to us)\b"
    r"|\bsupport (?:our|the|independent|quality)\b.{0,30}\b(?:journalis[mt]|newsroom|reporting)\b"
    r"|^\W*(?:editor|author|publisher)['’]?s['’]? note\b"
    r"|^\W*(?:the )?\w+ (?:is|are) not showing "
    r"[^.]{0,60}\b(?:caricature|cartoon|face|image|name|photo|picture|video)"
    r"|\b(?:first|originally) (?:appeared|published|aired|posted) (?:in|on|at|by)\b"
    r"|\bcomments? (?:policy|section)\b|\bhave a (?:tip|story|question)\b",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"^\W*(?:[A-Z][\w.'’\-]+,? ){2,5}(?:\([^)]*\) )?(?:is|was|has|teaches|writes|covers|directs|"
    r"served|serves|reports|hosts)\b(?=.*\b(?:authors?|professor|fellow|columnist|contributor|"
    r"analyst|correspondent|editor|director|writer|reporter|journalist|scholar|strategist|"
    r"commentator|lecturer|researcher|producer|host|book)\b)"
)


# What hosts and guests of an interview say to each other, whoever they are: all of a short
# paragraph ("Thank you for joining us, Senator."), and nobody's quotation.
_FORMULA = re.compile(
    r"\W*(?:[\w.'’\- ]{1,40}: )?"
    r"(?:(?i:and|so|well|ok(?:ay)?|all right),? "
    r"|(?:[A-Z][\w.'’\-]+(?: [A-Z][\w.'’\-]+){0,3}, )){0,3}"
    r"(?:(?i:thank you(?! for signing)|thanks(?! to\b)|you(?:['’]re| are) welcome\b"
    r"|welcome (?:back )?to (?:the|our|this) (?:\w+ ){0,2}(?:broadcast|podcast|program|show)"
    r"|we['’]ll be (?:right )?back|stay with us"
    r"|(?:good|great|nice) to (?:be (?:here|with)|have you)"
    r"|good (?:morning|afternoon|evening)\b|joining (?:me|us) (?:now|today|tonight|here|from))"
    r"|[^.!?\"“”]{0,60}\bjoins (?:me|us) (?:now|today|tonight|here|from|live)\b)[^\"“”]*"
)
_FORMULA_WORDS = 25
# A link to another article, headline in capitals.
_LINK = re.compile(r"(?=(?:[^A-Z]*[A-Z]){12})[^a-z@\"“”]+[^a-z.!?@\"“”]")


def is_note(paragraph: str, *, at_edge: bool) -> bool:
    """Whether a paragraph is a note on the author, an appeal, a disclaimer, formula or link.

    Args:
        paragraph: Its text.
        at_edge: Whether it stands where notes on authors do: at the beginning or the end of
            its article ("Peter Bergen is CNN's national security analyst ...").
    """
    found = _NOTE.search(paragraph) or _LINK.fullmatch(paragraph.strip())
    short = len(paragraph.split(None, _FORMULA_WORDS)) <= _FORMULA_WORDS
    return bool(
        found
        or (short and _FORMULA.fullmatch(paragraph.strip()))
        or (at_edge and _AUTHOR.match(paragraph))
    )
