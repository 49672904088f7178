#include "plugins/partners/webhook/page_words.h"

#include <algorithm>

namespace sanad::webhook {
namespace {

struct Label {
    std::string_view value;
    std::array<std::string_view, language_count> texts;  // ar, fr, en
};

// Codes that a view may hold: services, ways of contact, requesters, languages (BCP 47).
constexpr Label labels[] = {
    {"ar", {"العربية", "Arabe", "Arabic"}},
    {"ary-Arab", {"الدارجة المغربية", "Darija", "Moroccan Arabic"}},
    {"ary-Latn",
     {"الدارجة بالحروف اللاتينية", "Darija en lettres latines",
      "Moroccan Arabic in Latin letters"}},
    {"aeb", {"العربية التونسية", "Arabe tunisien", "Tunisian Arabic"}},
    {"caregiver", {"ولي الأمر", "Parent ou responsable", "Caregiver"}},
    {"cash_material",
     {"مساعدة مالية أو عينية", "Aide financière ou matérielle", "Cash or material help"}},
    {"child", {"الطفل", "L'enfant", "The child"}},
    {"child_protection_case_mgmt",
     {"تتبع ملف حماية الطفل", "Suivi de protection de l'enfance",
      "Child protection case management"}},
    {"child_self", {"الطفل نفسه", "L'enfant", "The child"}},
    {"content_removal", {"حذف المحتوى", "Suppression du contenu", "Content removal"}},
    {"disability", {"خدمات الإعاقة", "Handicap", "Disability services"}},
    {"education_school", {"التعليم والمدرسة", "Éducation, école", "Education and school"}},
    {"email", {"البريد الإلكتروني", "E-mail", "E-mail"}},
    {"en", {"الإنجليزية", "Anglais", "English"}},
    {"family_mediation", {"الوساطة الأسرية", "Médiation familiale", "Family mediation"}},
    {"family_tracing", {"البحث عن الأسرة", "Recherche de la famille", "Family tracing"}},
    {"fr", {"الفرنسية", "Français", "French"}},
    {"interpretation", {"الترجمة", "Interprétariat", "Interpretation"}},
    {"legal", {"المساعدة القانونية", "Aide juridique", "Legal help"}},
    {"livelihood", {"سبل العيش", "Moyens de subsistance", "Livelihood"}},
    {"medical", {"العلاج الطبي", "Soins médicaux", "Medical care"}},
    {"mental_health", {"الصحة النفسية", "Santé mentale", "Mental health care"}},
    {"phone", {"الهاتف", "Téléphone", "Telephone"}},
    {"police_investigation", {"تحقيق الشرطة", "Enquête de police", "Police investigation"}},
    {"psychosocial", {"الدعم النفسي والاجتماعي", "Soutien psychosocial", "Psychosocial support"}},
    {"safe_shelter", {"مأوى آمن", "Hébergement sûr", "Safe shelter"}},
    {"technical_recovery",
     {"استرجاع الحساب أو الجهاز", "Récupération de compte ou d'appareil",
      "Recovery of an account or device"}},
    {"webchat", {"الدردشة", "Tchat", "Web chat"}},
    {"zgh-Latn",
     {"الأمازيغية بالحروف اللاتينية", "Amazighe en lettres latines", "Amazigh in Latin letters"}},
    {"zgh-Tfng", {"الأمازيغية", "Amazighe", "Amazigh"}},
};

}  // namespace

std::string_view value_label(Language language, std::string_view value) {
    const auto found = std::ranges::find(labels, value, &Label::value);
    return found == std::end(labels) ? std::string_view() : found->texts[index_of(language)];
}

}  // namespace sanad::webhook
