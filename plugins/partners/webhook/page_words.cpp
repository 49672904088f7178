#include "plugins/partners/webhook/page_words.h"

#include <algorithm>

namespace sanad::webhook {
namespace {

constexpr Words arabic{
    .title = "طلب من خط المساعدة",
    .for_partner = "إلى",
    .reference = "المرجع",
    .urgency = "درجة الاستعجال",
    .raised_at = "تاريخ الإرسال",
    .state = "الحالة",
    .urgency_names = {"خطر وشيك", "استعجالي جدا", "مستعجل", "عادي", "معلومة"},
    .act_by = {"التدخل فورا", "التدخل خلال 24 ساعة", "التدخل خلال 72 ساعة", "التدخل خلال 14 يوما",
               ""},
    .sent = "أُرسل، ولم يُؤكَّد استلامه بعد",
    .acknowledged = "تم تأكيد الاستلام",
    .in_progress = "قيد المعالجة",
    .completed = "منجز",
    .declined = "مرفوض",
    .shared_heading = "ما يشاركه معكم خط المساعدة",
    .shared_care =
        "اختيرت لكم هذه المعلومات دون غيرها. استعملوها لهذا الطلب فقط، ولا تُطلعوا عليها إلا من "
        "يحتاج إليها، ولا تتواصلوا مع الطفل إلا بالطريقة المذكورة هنا.",
    .shared_nothing = "لم تُشارَك أي تفاصيل.",
    .answer_heading = "جوابكم",
    .answer_closed = "سُجّل جوابكم الأخير. لتغييره اتصلوا بخط المساعدة.",
    .say_acknowledged = "تسلّمنا هذا الطلب",
    .say_in_progress = "نعمل عليه",
    .say_completed = "أنهينا تدخلنا",
    .say_declined = "لا يمكننا التكفل به",
    .note = "ملاحظة لخط المساعدة (اختيارية)",
    .note_hint = "اكتبوا فقط ما يحتاج خط المساعدة إلى معرفته.",
    .send = "إرسال الجواب",
    .problem_old = "بقيت هذه الصفحة مفتوحة مدة طويلة. راجعوا جوابكم وأرسلوه مرة أخرى.",
    .problem_note = "الملاحظة طويلة أكثر من اللازم. اختصروها من فضلكم.",
    .problem_choice = "اختاروا جوابا من فضلكم.",
    .problem_refused = "لم يعد ملف خط المساعدة يقبل هذا الجواب.",
    .problem_later = "لم يُحفظ جوابكم. أعيدوا إرساله بعد دقيقة.",
    .done_title = "شكرا لكم",
    .done_text = "وصل جوابكم إلى خط المساعدة:",
    .done_back = "العودة إلى الطلب",
    .absent_title = "هذا الرابط لا يفتح أي طلب",
    .absent_text =
        "ربما أُغلق الطلب أو سُحب، أو أن الرابط غير كامل. إذا كنتم تنتظرونه فاتصلوا بخط المساعدة.",
    .later_title = "تعذّر عرض الطلب الآن",
    .later_text = "لم يضع أي شيء. أعيدوا فتح الرابط بعد دقيقة.",
    .yes = "نعم",
    .no = "لا",
    .list_comma = "، ",
    .language_heading = "اللغة",
};

constexpr Words french{
    .title = "Demande de la ligne d'aide",
    .for_partner = "À l'attention de",
    .reference = "Référence",
    .urgency = "Urgence",
    .raised_at = "Envoyée le",
    .state = "État",
    .urgency_names = {"Danger imminent", "Urgence", "Prioritaire", "Normal", "Information"},
    .act_by = {"Agir immédiatement", "Agir sous 24 heures", "Agir sous 72 heures",
               "Agir sous 14 jours", ""},
    .sent = "Envoyée, réception pas encore confirmée",
    .acknowledged = "Réception confirmée",
    .in_progress = "En cours",
    .completed = "Terminée",
    .declined = "Refusée",
    .shared_heading = "Ce que la ligne d'aide vous transmet",
    .shared_care =
        "Seuls ces éléments ont été choisis pour vous. Utilisez-les uniquement pour cette "
        "demande, ne les montrez qu'aux personnes qui en ont besoin et ne contactez "
        "l'enfant que de la façon indiquée ici.",
    .shared_nothing = "Aucun détail n'a été transmis.",
    .answer_heading = "Votre réponse",
    .answer_closed =
        "Votre dernière réponse est enregistrée. Pour la changer, contactez la ligne d'aide.",
    .say_acknowledged = "Nous avons reçu cette demande",
    .say_in_progress = "Nous nous en occupons",
    .say_completed = "Notre intervention est terminée",
    .say_declined = "Nous ne pouvons pas nous en charger",
    .note = "Message à la ligne d'aide (facultatif)",
    .note_hint = "N'écrivez que ce que la ligne d'aide doit savoir.",
    .send = "Envoyer la réponse",
    .problem_old =
        "Cette page est restée ouverte trop longtemps. Vérifiez votre réponse et envoyez-la "
        "de nouveau.",
    .problem_note = "Le message est trop long. Merci de le raccourcir.",
    .problem_choice = "Merci de choisir une réponse.",
    .problem_refused = "Le dossier de la ligne d'aide n'accepte plus cette réponse.",
    .problem_later = "Votre réponse n'a pas été enregistrée. Renvoyez-la dans une minute.",
    .done_title = "Merci",
    .done_text = "La ligne d'aide a reçu votre réponse :",
    .done_back = "Retour à la demande",
    .absent_title = "Ce lien n'ouvre aucune demande",
    .absent_text =
        "La demande a peut-être été close ou retirée, ou le lien est incomplet. Si vous "
        "l'attendiez, contactez la ligne d'aide.",
    .later_title = "La demande ne peut pas être affichée maintenant",
    .later_text = "Rien n'est perdu. Ouvrez de nouveau le lien dans une minute.",
    .yes = "oui",
    .no = "non",
    .list_comma = ", ",
    .language_heading = "Langue",
};

constexpr Words english{
    .title = "Request from the helpline",
    .for_partner = "For",
    .reference = "Reference",
    .urgency = "Urgency",
    .raised_at = "Sent on",
    .state = "Status",
    .urgency_names = {"Imminent danger", "Emergency", "Urgent", "Normal", "Information"},
    .act_by = {"Act now", "Act within 24 hours", "Act within 72 hours", "Act within 14 days", ""},
    .sent = "Sent, receipt not yet confirmed",
    .acknowledged = "Receipt confirmed",
    .in_progress = "In progress",
    .completed = "Completed",
    .declined = "Declined",
    .shared_heading = "What the helpline shares with you",
    .shared_care =
        "Only these details were chosen for you. Use them for this request alone, show them "
        "only to people who need them, and reach the child only in the way described here.",
    .shared_nothing = "No details were shared.",
    .answer_heading = "Your answer",
    .answer_closed = "Your last answer is recorded. To change it, contact the helpline.",
    .say_acknowledged = "We have received this request",
    .say_in_progress = "We are working on it",
    .say_completed = "Our part is done",
    .say_declined = "We cannot take it on",
    .note = "Note to the helpline (optional)",
    .note_hint = "Write only what the helpline needs to know.",
    .send = "Send the answer",
    .problem_old = "This page was open for too long. Check your answer and send it again.",
    .problem_note = "The note is too long. Please shorten it.",
    .problem_choice = "Please choose an answer.",
    .problem_refused = "The helpline's file no longer takes this answer.",
    .problem_later = "Your answer was not saved. Send it again in a minute.",
    .done_title = "Thank you",
    .done_text = "The helpline has your answer:",
    .done_back = "Back to the request",
    .absent_title = "This link does not open a request",
    .absent_text =
        "The request may have been closed or withdrawn, or the link is incomplete. If you "
        "were expecting it, contact the helpline.",
    .later_title = "The request cannot be shown right now",
    .later_text = "Nothing is lost. Open the link again in a minute.",
    .yes = "yes",
    .no = "no",
    .list_comma = ", ",
    .language_heading = "Language",
};

struct Label {
    std::string_view field;
    std::array<std::string_view, language_count> texts;  // ar, fr, en
};

// The fields of a minimum payload (inter-agency referral form) and of an escalation.
constexpr Label labels[] = {
    {"age_band", {"الفئة العمرية", "Tranche d'âge", "Age band"}},
    {"by", {"من طرف", "Par", "By"}},
    {"caregiver", {"الوالدان أو ولي الأمر", "Parent ou responsable", "Caregiver"}},
    {"case_code", {"رمز الملف", "Code du dossier", "Case code"}},
    {"channel", {"وسيلة الاتصال", "Moyen de contact", "Channel"}},
    {"code_word", {"كلمة السر المتفق عليها", "Mot convenu", "Code word"}},
    {"consent", {"الموافقة", "Consentement", "Consent"}},
    {"country", {"البلد", "Pays", "Country"}},
    {"expires", {"تنتهي في", "Expire le", "Expires"}},
    {"gender", {"الجنس", "Genre", "Gender"}},
    {"informed", {"على علم", "Au courant", "Informed"}},
    {"items", {"ما تشمله", "Éléments couverts", "Items covered"}},
    {"kind", {"نوع الطلب", "Type de demande", "Kind of request"}},
    {"language", {"اللغة", "Langue", "Language"}},
    {"languages", {"اللغات", "Langues", "Languages"}},
    {"location", {"المكان", "Lieu", "Location"}},
    {"location_level", {"المكان", "Lieu", "Location"}},
    {"money_demanded", {"طُلب مال", "Argent demandé", "Money demanded"}},
    {"narrative", {"ما حدث", "Les faits", "What happened"}},
    {"need", {"المطلوب منكم", "Ce qui vous est demandé", "What is asked of you"}},
    {"never_say", {"ما لا يجب قوله", "À ne jamais dire", "Never say"}},
    {"platform", {"المنصة", "Plateforme", "Platform"}},
    {"reason", {"السبب", "Motif", "Reason"}},
    {"reasons", {"الأسباب", "Motifs", "Reasons"}},
    {"region", {"الجهة", "Région", "Region"}},
    {"reply_by", {"الرد قبل", "Répondre avant", "Reply by"}},
    {"safe_contact", {"التواصل الآمن", "Contact sûr", "Safe contact"}},
    {"safe_to_contact", {"التواصل معه آمن", "Contact possible sans risque", "Safe to contact"}},
    {"services_already_given", {"خدمات قُدّمت", "Services déjà fournis", "Services already given"}},
    {"services_requested", {"الخدمات المطلوبة", "Services demandés", "Services requested"}},
    {"still_online", {"ما زال منشورا", "Toujours en ligne", "Still online"}},
    {"summary", {"ملخص", "Résumé", "Summary"}},
    {"times", {"الأوقات", "Horaires", "Times"}},
    {"transfer_basis", {"الأساس القانوني للنقل", "Base du transfert", "Basis of the transfer"}},
    {"unaccompanied", {"غير مصحوب", "Non accompagné", "Unaccompanied"}},
    {"url", {"العنوان الإلكتروني", "Adresse web", "Web address"}},
};

}  // namespace

const Words& words(Language language) {
    switch (language) {
        case Language::ar:
            return arabic;
        case Language::fr:
            return french;
        case Language::en:
            break;
    }
    return english;
}

std::string_view field_label(Language language, std::string_view field) {
    const auto found = std::ranges::find(labels, field, &Label::field);
    return found == std::end(labels) ? std::string_view() : found->texts[index_of(language)];
}

}  // namespace sanad::webhook
