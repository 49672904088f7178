"""The story that the demonstration tells. All of it is invented: a girl who likes to draw, whose
drawings were passed round her class, and who will soon move to another country."""
import dataclasses

PARTNER = "demo-legal-aid"
PARTNER_NAMES = {
    "en": "Demo legal aid (invented)",
    "fr": "Aide juridique de démonstration (inventée)",
    "ar": "جمعية قانونية للعرض (غير حقيقية)",
}
PARTNER_NOTE = "وصلنا طلبكم، وسنبدأ غدا بمراسلة المجموعة"

# What the girl writes, before and after the counsellor's first answer.
FIRST_MESSAGES = (
    "السلام عليكم، أحتاج إلى شخص أحكي له ما حدث",
    "زميلاتي نشرن رسوماتي في مجموعة القسم وهن يسخرن منها",
    "صرت أخبئ دفتري ولا أرغب في الذهاب إلى المدرسة",
)
LATER_MESSAGES = (
    "شكرا، ارتحت قليلا حين كتبت",
    "سننتقل بعد أسبوعين لأن أمي وجدت عملا جديدا",
    "نعم موافقة، وأحب أن أكتب مساء بعد واجباتي",
)

# What her mother writes later, by mail, and what she is answered.
MAIL = "السلام عليكم، أنا أم، وأود أن أعرف كيف أساعد ابنتي بعد الانتقال"
MAIL_ANSWER = "وعليكم السلام، شكرا لرسالتك، سنكتب لك غدا بما يمكن فعله"


@dataclasses.dataclass(frozen=True)
class Step:
    """One command of a counsellor. {contact}, {case}, {referral} stand for ids in its arguments."""

    helpline: str  # ma or tn
    what: str  # for the person who plays it
    command: tuple[str, ...]

    def arguments(self, **ids):
        return [argument.format(**ids) for argument in self.command]


CONSENT_ITEMS = ("age_band", "languages", "reasons", "narrative", "services_requested")
REASON = "VI.cyberbullying"

OPEN_CONTACT = Step("ma", "take the conversation", ("contact", "open", "{contact}"))
REPLY = Step("ma", "answer her", (
    "contact", "reply", "{contact}", "أهلا بك، يسعدني أنك كتبت. خذي راحتك، أنا أقرأ كل كلمة"))
SECOND_REPLY = Step("ma", "answer again", (
    "contact", "reply", "{contact}", "رسوماتك ملكك وحدك. هل نخبر زميلاتنا هناك كي يواصلن معك؟"))
OPEN_CASE = Step("ma", "open a case", (
    "case", "open", "{contact}", "--urgency", "U2", "--reason", REASON,
    "--age-band", "13-15", "--gender", "girl", "--language", "ar"))
NOTE = Step("ma", "write a note, which never leaves", (
    "case", "note", "{case}", "سأسألها يوم الخميس عن معلمة الرسم"))
CONSENT = Step("ma", "record what she agreed to", (
    "consent", "record", "{case}", "--by", "child",
    *(word for item in CONSENT_ITEMS for word in ("--item", item)),
    "--recipient", "tn.helpline", "--recipient", PARTNER, "--language", "ar", "--words",
    "هل توافقين أن نخبر زميلاتنا هناك بما كتبته، وأن نستشير محامية متطوعة حول رسوماتك؟"))
REFER = Step("ma", "ask Tunisia to go on helping her", (
    "refer", "{case}", "--to", "tn.helpline", "--basis", "express_consent",
    "--service", "psychosocial", "--redacted", "--narrative",
    "فتاة تحب الرسم، نشرت زميلاتها رسوماتها فصارت تتجنب القسم. تنتقل عائلتها قريبا وتود أن "
    "تجد من يواصل معها"))
ASK = Step("tn", "ask Morocco for more", (
    "referral", "ask", "{referral}", "متى تفضل أن نراسلها، وبأية لغة؟"))
ANSWER = Step("ma", "answer Tunisia", (
    "referral", "answer", "{referral}", "تفضل المساء بعد الواجبات المدرسية، وتكتب بفصحى بسيطة"))
ACCEPT = Step("tn", "accept", (
    "referral", "accept", "{referral}", "بكل سرور، ستراسلها زميلتنا ابتداء من الإثنين"))
START = Step("tn", "begin", ("referral", "status", "start", "{referral}"))
COMPLETE = Step("tn", "say what came of it", (
    "referral", "complete", "{referral}", "service_delivered_full",
    "تحدثنا معها ثلاث مرات، وعادت ترسم مع صديقة جديدة"))
ESCALATE = Step("ma", "ask the organisation to act", (
    "escalate", "{case}", "--partner", PARTNER, "--redacted", "--summary",
    "رسومات فتاة منشورة دون إذنها في مجموعة مدرسية، نلتمس استشارة حول كيفية سحبها"))


def _is_arabic(text):
    return any("\u0600" <= letter <= "\u06ff" for letter in text)


def written_words():
    """Everything that a person writes in the story: none of it may be readable outside."""
    texts = [*FIRST_MESSAGES, *LATER_MESSAGES, PARTNER_NOTE, REASON]
    for step in (REPLY, SECOND_REPLY, NOTE, CONSENT, REFER, ASK, ANSWER, ACCEPT, COMPLETE, ESCALATE):
        texts += filter(_is_arabic, step.command)
    return texts
