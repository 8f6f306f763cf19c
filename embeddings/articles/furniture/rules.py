"""The table of furniture rules: to add one, add an entry here and a test.

A rule sees one whole line (wrapped lines put together, white space folded, bullets and
decoration at both ends taken off) and must match all of it. No rule names an outlet.
Patterns were written from the pages of some 65 outlets and err on the side of keeping:
what each removes from 742 articles, and what it misses, is in docs/decisions/furniture.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

# top: before the article's body; end: behind it; edges: either; anywhere: also between
# its paragraphs.
Where = Literal["top", "end", "edges", "anywhere"]

# Each rule in one line for the user. The first three look at more than one line; how they
# work is in finding.py.
RULES = {
    "title": "The headline, where the text repeats it at its start",
    "source": "The outlet's name on a line of its own",
    "link list": "A list of other headlines or topics behind the article",
    "separator": "Marks without a letter or digit: ___, * * *, • • •",
    "share": "Tools of the page: share, e-mail, print, send feedback, text size, reading time",
    "comments": "Invitations to comment and counts of comments",
    "date line": "When the article appeared or was changed; its date is kept with the document",
    "byline": "Who wrote it, on a line of its own",
    "caption": "The words under a picture, and who made it",
    "media player": "What stands for a video, a sound or a gallery",
    "see also": "Links to other articles set between or behind the paragraphs",
    "promotion": "The outlet advertises its own coverage, app or programme",
    "advert": "Places of advertisements, and what leads the reader past them",
    "newsletter": "Invitations to sign up or subscribe",
    "follow": "Accounts to follow",
    "contact": "How to reach the author or the desk",
    "credits": "Who else worked on the report, and the agencies behind it",
    "author note": "What the author does besides",
    "copyright": "Who owns the text and what may be done with it",
    "notice": "Notes of the site: rush transcript, corrections desk, cookies, navigation",
    "section label": "The section or kind of text above an article",
    "placeholder": "Marks that a publishing system left behind: [pullquote], media: 123",
    "tags": "Keywords and topics of the article",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A named reason to take a line out.

    Attributes:
        name: As stored and shown, a key of ``RULES``.
        where: Where in the article such a line may stand.
        alternatives: Pattern that matches the whole line.
        case: Whether case counts.
        longest: The most characters that such a line has.
        hints: Lower-case strings one of which every such line contains; a cheap test that
            spares the paragraphs the pattern. Empty for no such test.
    """

    name: str
    where: Where
    alternatives: str
    case: bool = False
    longest: int = 160
    hints: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled at its first use: all take a tenth of a second."""
        return _compile(self.alternatives, self.case)

    def matches(self, line: str, lowered: str) -> bool:
        """Whether a line, given as it stands and in lower case, is of this kind."""
        if len(line) > self.longest:
            return False
        if self.hints and not any(hint in lowered for hint in self.hints):
            return False
        return self.pattern.fullmatch(line) is not None


@cache
def _compile(alternatives: str, case: bool) -> re.Pattern[str]:
    return re.compile(alternatives, re.NOFLAG if case else re.IGNORECASE)


def _rule(
    name: str,
    where: Where,
    *alternatives: str,
    case: bool = False,
    longest: int = 160,
    hints: str = "",
) -> Rule:
    """Make a rule of patterns that each match a whole line; ``;`` parts its hints."""
    pattern = "|".join(f"(?:{each})" for each in alternatives)
    return Rule(name, where, pattern, case, longest, tuple(hints.split(";")) if hints else ())


_ACTION = r"(?:e-?mail|print|share|tweet|save|send|copy|bookmark|recommend|gift|listen to)"
_PLATFORM = (
    r"(?:facebook|twitter|pinterest|whatsapp|linkedin|reddit|google\+?|google plus|instagram"
    r"|telegram|tumblr|flipboard|messenger|digg|stumbleupon|youtube|tiktok|threads|bluesky)"
)
_OBJECT = (
    r"(?:this|the|to|an?|on|via|by|with|or|and|link|url|article|story|page|post|feedback|friends?"
    r"|us|your|now|button|options?|it|comments?|pdf|version|more|friendly|\d[\d:.,k]*)"
)
_TOOL = rf"(?:{_ACTION}|{_PLATFORM}|{_OBJECT}|https?://\S+|read(?= or share))"
_SEPARATOR = r"[ |/·•,:;+&\-]+"

# A name of a person, an agency or a place: capitalised words, initials, particles.
_CAPITAL = r"[A-Z][\w.'’\-]*"
_NAMES = rf"{_CAPITAL}(?: (?:{_CAPITAL}|de|al|el|bin|van|von|del|da|la|le)){{0,4}}"
# Who made or owns a picture: "Jim Lo Scalzo/EPA", "AP", "Mandel Ngan, AFP/Getty Images".
_CREDIT = r"[^.!?\"“”]*(?:\b[A-Z]\.[^.!?\"“”]*){0,4}"
_PICTURE = r"(?:photo(?:graph|illustration|graphy)?|picture|image|illustration|graphic|credit)s?"
# A headline: it does not end as a sentence of the body does.
_HEADLINE = r".*[^.,;:\s]"
_OPINIONS = (
    r"(?:the )?(?:opinions?|views?) (?:expressed|in this)\b.{0,80}"
    r"\b(?:author|writer|commentar|column|article|his|hers|her|their|own)\b.*"
)

LINE_RULES: tuple[Rule, ...] = (
    _rule(
        "separator",
        "anywhere",
        r"[^\w]+|_[\W_]*|[\W_]*_",
    ),
    _rule(
        "share",
        "anywhere",
        rf"{_ACTION}{_SEPARATOR}(?:{_TOOL}{_SEPARATOR})*{_TOOL}",
        rf"{_PLATFORM}{_SEPARATOR}(?:{_TOOL}{_SEPARATOR})*{_PLATFORM}",
        rf"[\d.,k]+ shares?(?:{_SEPARATOR}{_TOOL})*",
        r"share (?:this|on|via|article|story|page)\b.{0,40}",
        r"read or share (?:this|the) (?:story|article)\b.{0,100}",
        r"send (?:us )?(?:your )?(?:feedback|letters?|corrections?)",
        r"(?:listen to (?:this )?article).{0,80}",
        r"(?:increase|decrease|larger|smaller|change|text|font|normal) (?:text|font|size).{0,30}",
        r"about sharing|copy (?:this )?link.{0,40}|these are external links.*",
        r"(?:reading time:? )?\d{1,2}[ \-]min(?:ute)?s?(?: read)?|reading time:.{1,20}",
    ),
    _rule(
        "share",
        "edges",
        rf"(?:{_ACTION}|{_PLATFORM})",
        r"feedback|like|top|back to top",
    ),
    _rule(
        "comments",
        "anywhere",
        r"have your say.{0,60}",
        r"(?:leave|post|add|write|make|submit) (?:a|your|an?other) comments?.{0,40}",
        r"(?:view|show|see|read|hide|load) (?:all |more |the )*(?:\d+ )?comments?.{0,30}",
        r"comments? (?:are|is) (?:now )?(?:closed|open|disabled|moderated).{0,80}",
        r"\d[\d.,k]* comments?|comments? ?\(\d+\)",
        r"(?:log|sign) in to (?:leave a |post a |join the )?(?:comment|conversation).{0,40}",
        r"(?:join|start|be part of) the (?:conversation|discussion|debate).{0,60}",
        r"share your (?:thoughts|views?|comments?|opinions?).{0,120}",
        r"(?:tell us|let us know) (?:what you think|your (?:thoughts|views)).{0,80}",
        r"(?:be the first to comment|what do you think\?.{0,60} comments?.{0,20})",
    ),
    _rule("comments", "edges", r"(?:\d+ )?comments?|reader comments"),
    _rule(
        "date line",
        "edges",
        r"(?:about )?(?:\d+|an?|one) (?:year|month|week|day|hour|minute)s? ago",
        r"this (?:article|story) is (?:more than |over )?\d+ \w+ old",
        r"(?:last )?(?:updated?|published|posted|modified)(?: at| on)?:? ?"
        r"(?:\d{1,2}[:.]\d\d|\d{1,2} ?[ap]\.?m)[\w.: ]{0,20}",
    ),
    _rule(
        "byline",
        "edges",
        r"(?:By|BY|Written by|Words by|From [Oo]ur):? (?:(?:[Oo]ur|the|and|in|at|for|of|with"
        r"|staff|foreign|correspondents?|reporters?|editor|writers?|desk|agencies"
        rf"|{_CAPITAL})[,|/]?(?: [|–—\-])? ?){{1,14}}",
        case=True,
        longest=120,
    ),
    _rule(
        "byline",
        "top",
        rf"{_NAMES}, (?-i:(?:[a-z]\w+ ){{0,3}}(?:correspondent|reporter|editor|writer)s?)"
        rf"(?: (?:in|at|for) {_NAMES})?",
        case=True,
    ),
    _rule(
        "caption",
        "anywhere",
        rf"(?:file )?{_PICTURE}(?<!s)(?: (?:credit|caption|by|courtesy(?: of)?))?: .+",
        r"file ?[\-–—:] .+",
        r"(?:media|image|photo) (?:copyright|caption|credit|source)\b.+",
        r"(?:enlarge this image )?(?:toggle|hide|show|view) caption\b.*",
        r"enlarge (?:this )?image.*|\(graphic[^()]*\)",
        rf"{_PLATFORM} {_PLATFORM} .+ {_PICTURE}: {_CREDIT}",
        rf".*\((?!graphic){_PICTURE}(?<!s)(?::| by| credit| courtesy)[^()]{{2,90}}\)",
        rf".{{15,}} {_PICTURE}(?: credit| by)?: {_CREDIT}",
        r"in (?:this|an?)\b[^.]{0,60}\b(?:photo|image|picture|frame grab|photograph)"
        r" (?:taken|released|provided|made|obtained|posted|supplied|distributed)\b.+",
        r"credit .{2,60}, ?via .{2,40}",
        longest=700,
        hints="photo;picture;image;caption;file;credit;illustration;graphic",
    ),
    _rule(
        "caption",
        "anywhere",
        # "... but failed to make any breakthrough [AFP]", "[Jane Doe/AFP]"
        rf"(?:\S+ ){{4,}}\S*[^.!?\s\"”] \[(?:[A-Z]{{2,5}}|{_NAMES}(?: ?/ ?{_NAMES})+"
        rf"|{_NAMES}(?: Images| Photos?)|[A-Z][a-z]+|File(?: photo)?)\]",
        # "... in Washington. (AP Photo/Patrick Semansky)", "(Reuters photo: X)"
        rf".*\((?:{_NAMES} )?(?:[Pp]hotos?|PHOTOS?|[Ii]mages?)(?: by|:|/) ?[^()]{{2,60}}\)",
        rf".{{15,}} \({_NAMES}(?:/{_NAMES})+(?: via {_NAMES})?\)",
        r".{15,} \(.{0,60}\bvia [A-Z]{2,5}\)",
        # "REUTERS/Rodi Said/File Photo", "Saul Loeb/AFP/Getty Images", "Jacob Turcotte/Staff"
        rf"(?:.{{15,}} )?[A-Z]{{2,}}/{_CAPITAL} {_NAMES}(?:/File [Pp]hoto)?(?<!\.)",
        rf"(?!.*\b[A-Z]/[A-Z]\b)(?:Photo )?{_NAMES}(?: ?/ ?{_NAMES}){{1,3}}(?:, FILE| [Pp]hoto)?",
        rf"(?:.{{15,}} \| ){_NAMES}(?: ?[|/] ?{_NAMES})*(?: Images| Photo|/{_NAMES})",
        rf".{{15,}} \| (?:{_PICTURE}|Illustration) by {_NAMES}",
        # "... his defining moment. | Reuters"
        rf".{{40,}}[.!?][\"”]? \| {_CAPITAL}(?: {_CAPITAL}){{0,2}}",
        rf"{_NAMES}, .{{0,40}}\b(?:Photo|Images?) via [A-Z]{{2,5}}",
        case=True,
        longest=700,
        hints="[;/;|;(; via ; by ",
    ),
    _rule(
        "caption",
        "anywhere",
        # All captions of a gallery, run into one line.
        r".*\bhide caption \d+ of \d+\b.*",
        longest=50_000,
        hints="hide caption",
    ),
    _rule(
        "media player",
        "anywhere",
        r"just watched\b.+\bmust watch\b.*",
        r"(?:replay|more videos|must watch|just watched|now playing|up next)\b.{0,80}",
        r"media playback is (?:un|not )supported\b.*",
        r"(?:play|watch) (?:this )?video\b.{0,120}|play(?:ing)? \d?\d:\d\d.*",
        r"(?:slideshow|gallery|photos?) ?\(\d+ (?:images|photos|pictures|slides)\)",
        r".{0,100}\blisten · \d?\d:\d\d(?: \d?\d:\d\d)?|listen .{5,120} listen",
        r"\d+ of \d+(?: photos)?|(?:photo|image|slide) \d+ of \d+.{0,20}",
        r"(?:please )?(?:enable|turn on) javascript\b.*|(?:this )?video is (?:not|un)\w* .{0,60}",
        r"your browser (?:does not|doesn.t) support\b.*",
        longest=400,
        hints="watch;replay;video;playing;up next;media;play;images;photos;pictures;slide;listen"
        "; of ;javascript;browser",
    ),
    _rule(
        "media player",
        "anywhere",
        r"(?:[\w.'’]+ ){2,10}(?:On|on) (?:[A-Z]\w+ ){1,4}Listen",
        case=True,
    ),
    _rule(
        "media player",
        "anywhere",
        r"(?:photos?|videos?|close|listen|gallery|slideshow|audio|play|pause|image|caption)",
    ),
    _rule(
        "see also",
        "anywhere",
        r"\( ?(?:also on .{1,40}|photos?|pictures|gallery|watch|video|see(?: also)?|related"
        r"|read(?: more| also)?|more|story):[^()]*\)",
        r"\( ?(?:full text of\b|see\b.{1,50}\bfull\b.{0,40}\bcoverage)[^()]*\)",
        r"(?:see also|also (?:read|see|watch|on .{1,30})|read (?:also|more|next|this(?: next)?)"
        r"|related(?: (?:stor(?:y|ies)|articles?|content|coverage|links?|news|topics?|reading"
        r"|video))?|more (?:on|from|about) (?:this|the) (?:story|topic)|must[ -](?:read|watch)"
        r"|don.t miss|further reading|recommended(?: reading)?|read|watch(?: (?:live|now|more))?"
        rf"|slideshow|photos|pictures|in pictures|gallery) ?[:|–—] ?(?:{_HEADLINE})?",
        rf"(?:more|story|stories|video): ?{_HEADLINE}",
        r".*[^.,;:] read more|read more|more on this(?:\.{3}|…| story| topic)?.{0,90}",
        r"read (?:more|the full|our|full) (?:about|on|from|of|story|article|stories|news"
        r"|coverage|transcript|report|analysis|interview)\b(?:[^.!?]{0,100})[:.]?",
        r"(?:watch|for|see) .{5,} click here\.?",
        r"(?:click|tap) (?:here )?(?:for|to|on|through)\b.*|click here.*",
        r"see .{1,50}\bfull\b.{0,40}\bcoverage",
        r"visit \S+\.(?:com|org|net|co\.uk) for\b.*",
        longest=200,
    ),
    _rule(
        "promotion",
        "anywhere",
        r"(?:(?:for|follow|see|read|watch|find) )?(?:(?:all|more|of|our|the|your|latest|live"
        r"|special|full|complete|continuing|ongoing|extensive|in[ -]depth|rolling"
        r"|comprehensive)[, ]+){1,4}coverage(?: (?:of|on|from|about|at|as) [^.!?]+|:.{0,80})?",
        r"(?:get|download|try) (?:the|our) .{0,40}\bapp\b.{0,80}",
        r"(?:follow|join) (?:our|the) (?:live )?(?:blog|updates)\b.{0,60}",
        r"(?:subscribe|listen) (?:on|via|in|to us on) .{0,40}\bpodcasts?\b.*",
        r"interested in .{2,40}\? add .*",
        r"(?:support|donate to|become a (?:member|subscriber) of) (?:our|independent|quality)\b.*",
        longest=220,
    ),
    _rule(
        "advert",
        "anywhere",
        r"(?:(?:advertisement|advertising|sponsored(?: content| by .{1,40})?|promoted(?: content)?"
        r"|paid (?:post|content|program)|ad feedback|report this ad|skip (?:ad|advertisement)"
        r"|(?:the )?(?:story|article) continues?d?(?: (?:below|after))?(?: (?:this )?advert\w*)?"
        r"|continue reading(?: (?:the main story|below|this article))?"
        r"|scroll (?:down )?to continue(?: reading)?|get free exclusive \w+ content)[\s:.…|\-]*)+",
    ),
    _rule(
        "newsletter",
        "anywhere",
        r"(?:.*\b)?(?:in|to) your (?:e-?mail )?inbox\b.*",
        r"(?:.*\b)?by (?:signing up|subscribing|clicking .{1,40}),? (?:you|i) (?:agree|accept"
        r"|confirm).*",
        r"(?:please )?(?:sign up|subscribe|register) (?:here|now|today|for|to|with|and|free)\b.*",
        r"(?:get|join|try) (?:our|the|your) .{0,60}\bnewsletters?\b.*",
        r"(?:want|like) .{2,120}\? (?:sign up|subscribe)\b.*",
        r".*[?.!] .*\bsign up here\W*",
        r"newsletter sign[ -]?up\b.*|(?:(?:our|daily|weekly|free|email) )*newsletters?",
        r".{0,80}\bnewsletter sign up\b.*|manage newsletters",
        r"(?:already )?(?:a )?subscribe(?:r\?|d\?).{0,60}|enter your e-?mail.{0,80}",
        longest=700,
        hints="inbox;sign;subscri;newsletter;mail;register;by clicking",
    ),
    _rule(
        "follow",
        "anywhere",
        r"(?:(?:follow|like|join|find|add|connect with|friend) (?:us|me|him|her|them|(?:the"
        r"|our) .{2,30}) (?:on|at|@|via)\b.*)",
        rf"follow @\w+.*|follow .{{2,80}}\b(?:on|at|via) (?:{_PLATFORM}|https?://|@).*",
        rf".{{0,60}}\bon {_PLATFORM}(?: and {_PLATFORM})?:? @\w+\.?",
        rf"(?:follow|like) .{{2,60}} join us on {_PLATFORM}.*",
        longest=220,
    ),
    _rule(
        "contact",
        "anywhere",
        r"(?:write to|contact|e-?mail|reach) .{2,80}\b(?:at|via|on) .*(?:@|https?://).*",
        r"(?:got|have) a (?:news )?tip\b.*",
        r".{2,60} (?:can|may) be (?:reached|contacted) (?:at|on|by|via) .*",
        r".{2,60}.s e-?mail address is .*",
        r"(?:send|submit) (?:your )?(?:tips|letters|stories|pictures) to .*",
        longest=300,
    ),
    _rule(
        "credits",
        "anywhere",
        r".*\bcontribut(?:ed|ing) (?:to|from) this (?:report|article|story|column|post"
        r"|analysis)\b.*",
        r".*\bcontributed (?:additional )?reporting\b.{0,80}",
        r"(?:additional|with) (?:reporting|research) by\b.*",
        r"(?:contributing|contributors?): .*",
        r"(?:this (?:article|report|story) (?:is|was) )?(?:based (?:in part )?on|compiled from)"
        r" (?:wire|news) (?:service|agency|agencies).*",
        r"(?:with|source:|sources:|from) (?:(?:news|wire|\w+) )?(?:agencies|wires|wire"
        r" (?:services|reports))",
        r"with (?:assistance|files|help|reports?) (?:by|from) .*",
        longest=700,
        hints="contribut;reporting;research;wire;agenc;with ",
    ),
    _rule(
        "credits",
        "edges",
        r"(?:[\w.'’\-]+[ ,]+){0,5}(?:and|&|\+) (?:news )?(?:agencies|wires|wire services)",
        r"agencies|staff and wire reports?|wire reports?",
        # An agency alone on its line: by the word that agencies have in their names.
        r"(?-i:(?:[A-Z][\w.'’\-]* ){1,4}(?:Agency|Agencies|Press|Wire|Newswire|(?:Wire|News)"
        r" Services?))",
        r"(?:source|sources): (?:[\w.'’\-]+(?: |, )?){1,4}",
    ),
    _rule(
        "credits",
        "end",
        r"\(?[A-Z]{2,5}\)?",
        r"(?:\()?Reporting (?:and writing )?by [A-Z].*",
        case=True,
        longest=400,
    ),
    _rule(
        "author note",
        "edges",
        r".*\bfollow (?:him|her|them|me|us) (?:on\b|at\b|@).*",
        rf"{_OPINIONS}",
        rf"(?-i:{_NAMES}) (?:is|was) [^.]{{0,60}}\b(?:columnist|staff writer|contributor"
        r"|contributing (?:editor|writer)|opinion editor)\b.*",
        rf"(?-i:{_NAMES})(?: is|,) .{{5,}}\. {_OPINIONS}",
        longest=700,
    ),
    _rule(
        "author note",
        "anywhere",
        # Between the contributions to a round-up, too.
        rf"(?-i:{_NAMES})(?: is|,) .*\bfollow (?:him|her|them) (?:on\b|at\b|@).*",
        longest=700,
        hints="follow ",
    ),
    _rule(
        "copyright",
        "anywhere",
        r"(?:©|\(c\)|copyright\W*(?:©|\(c\)|\d{4}|by\b)).*",
        r".*\ball rights reserved\b.*",
        r".*\bthis material may not be (?:published|reproduced).*",
        r".*\b(?:reprint|republish)(?:ed|ing)? (?:permission|with permission|here with)\b.*",
        longest=500,
        hints="©;copyright;(c);rights reserved;material may not;reprint;republish",
    ),
    _rule(
        "notice",
        "anywhere",
        r"this is a rush transcript\b.*|.{0,20}\btranscripts are created on a rush\b.*",
        r"skip to (?:main )?(?:content|navigation).*|(?:jump|back) to (?:top|content)",
        r"(?:terms (?:of (?:use|service)|and conditions)|privacy policy|cookie policy)(?:"
        r" ?[|·].*)?",
        r".*\bwe use cookies\b.*|.*\bto submit a letter, comment or column\b.*",
        r"advertise with us|home(?: ?[>»/›] ?[\w& ]+)+",
        r".*\bis not responsible for the content of external (?:sites|links).*",
        longest=600,
        hints="transcript;skip;back to;jump;terms;policy;cookie;submit;advertise;home;responsible",
    ),
    _rule(
        "section label",
        "top",
        r"(?:analysis|opinion|commentary|editorial|comment|news|world|politics|world news"
        r"|exclusive"
        r"|breaking|breaking news|live|updated?)(?: ?[/|] ?(?:analysis|opinion|news|world))*:?",
        r"a (?:daily|weekly) (?:summary|round-?up|digest|briefing|look)\b (?:of|on|at) .{3,80}",
    ),
    _rule(
        "placeholder",
        "anywhere",
        r"\[/?(?:pullquote|sidebar|audio-clip|video|gallery|caption|embed|related|newsletter"
        r"|ad)\b[^\]]*\]|media: ?\d+",
    ),
    _rule(
        "tags",
        "edges",
        r"(?:tags?|topics?|keywords?|filed (?:under|in)|tagged(?: (?:under|with|as))?"
        r"|categor(?:y|ies)|this (?:article|story) (?:is )?tagged under|posted in|labels"
        rf"|subjects?|more (?:on|about)): ?{_HEADLINE}",
        r"(?:\#\w+[, ]*){1,20}",
        longest=400,
    ),
)

# A line that announces a list of links. What follows it up to the end goes with it.
LIST_HEADER = _rule(
    "list",
    "anywhere",
    r"(?:topics|tags|keywords)(?: in this (?:article|story))?:?",
    r"(?:more|most|also) (?:popular|read|viewed|shared|watched|commented|emailed|recent|discussed)"
    r"(?: (?:stories|articles|videos|news|now|today|on .{2,40}|in .{2,40}))?:?",
    r"(?:featured|trending|popular|new|latest|also)(?: (?:now|today|stories|news|on|in"
    r"|from)\b.{0,40})?:?",
    r"more (?:from|stories|news|headlines|articles|coverage|on this story|in|top stories)\b.{0,50}",
    r"(?:related|recommended|suggested|similar)(?: (?:stories|articles|content|topics|coverage"
    r"|links|news|reading|videos|for you|by .{2,30}))?:?",
    r"(?:you (?:may|might) (?:also )?(?:like|be interested in)|what to read next|read next"
    r"|up next|around the web|from (?:around )?the web|from our partners|in other news"
    r"|also in (?:the )?news|top (?:stories|news|headlines)|other (?:stories|news|headlines)"
    r"|latest (?:stories|news|headlines|updates)|editors?.s? (?:picks|choice)|don.t miss"
    r"|must reads?|today.s (?:headlines|top stories)|breaking news|elsewhere on .{2,40}"
    r"|best of .{2,40}|promoted stories|sponsored (?:stories|links)|news in brief"
    r"|more like this)\.{0,3}:?",
)
