#include "nodes/passport-verifier/report.h"

#include "core/base/encoding.h"
#include "core/base/ids.h"
#include "core/base/time_text.h"
#include "nodes/cli/output.h"

#include <algorithm>
#include <array>

namespace sanad::verifier {
namespace {

// English, French, Arabic.
using Words = std::array<std::string_view, 3>;

struct KindWords {
    std::string_view kind;
    Words words;
};
constexpr KindWords kind_words[] = {
    {"request", {"asked for help", "a demandé de l'aide", "طلبت المساعدة"}},
    {"information", {"gave more information", "a donné des précisions", "قدّمت معلومات إضافية"}},
    {"withdraw", {"asked to withdraw the request", "a voulu retirer la demande", "طلبت سحب الطلب"}},
    {"expire",
     {"the time to answer ran out", "le délai de réponse est passé", "انقضت مهلة الجواب"}},
    {"enter_in_error",
     {"said it was entered in error", "a signalé une saisie par erreur", "أفادت أنه سُجِّل خطأً"}},
    {"confirm", {"confirmed the result", "a confirmé le résultat", "أكّدت النتيجة"}},
    {"close_unconfirmed",
     {"closed without confirmation", "a clos sans confirmation", "أغلقته دون تأكيد"}},
    {"erase", {"asked for erasure", "a demandé l'effacement", "طلبت المحو"}},
    {"review", {"began to read the request", "a commencé l'examen", "بدأت دراسة الطلب"}},
    {"ask", {"asked a question", "a posé une question", "طرحت سؤالاً"}},
    {"accept", {"accepted", "a accepté", "قبِلت"}},
    {"decline", {"declined", "a refusé", "اعتذرت"}},
    {"redirect",
     {"pointed to somebody else", "a orienté vers un autre service", "وجّهت إلى جهة أخرى"}},
    {"start", {"began the work", "a commencé le travail", "بدأت العمل"}},
    {"hold", {"paused the work", "a suspendu le travail", "أوقفت العمل مؤقتاً"}},
    {"resume", {"went on with the work", "a repris le travail", "استأنفت العمل"}},
    {"complete", {"completed the work", "a terminé le travail", "أنهت العمل"}},
    {"not_complete", {"ended without completing", "a arrêté sans terminer", "توقفت دون إتمام"}},
    {"withdraw_ok", {"agreed to the withdrawal", "a accepté le retrait", "وافقت على السحب"}},
    {"erased",
     {"said it has erased its copy", "a déclaré avoir effacé sa copie", "أفادت أنها محت نسختها"}},
    {"held",
     {"keeps it because a law says so", "le conserve car une loi l'exige",
      "تحتفظ به لأن القانون يفرض ذلك"}},
    {"take_back",
     {"took the child's case back", "a repris le dossier de l'enfant", "استعادت ملف الطفل"}},
    {"note", {"wrote a note", "a écrit une note", "كتبت ملاحظة"}},
};

constexpr Words valid{
    "VALID: signatures prove what stands below, as far as each line says.",
    "VALIDE : des signatures prouvent ce qui suit, dans la mesure que dit chaque ligne.",
    "صحيح: ما يلي مثبت بتوقيعات، بقدر ما يقوله كل سطر."};
constexpr Words not_valid{"NOT VALID: ", "NON VALIDE : ", "غير صحيح: "};
constexpr Words referral{"referral: ", "référence : ", "الإحالة: "};
constexpr Words asker{"asked by: ", "demandée par : ", "الجهة الطالبة: "};
constexpr Words asked{"asked of: ", "adressée à : ", "الجهة المطلوب منها: "};
constexpr Words revoked{"  (REVOKED in this directory: look twice)",
                        "  (RÉVOQUÉ dans cet annuaire : à examiner)",
                        "  (ملغى في هذا الدليل: دقّق)"};
constexpr Words exported{"file made by: ", "fichier établi par : ", "أعدّ الملف: "};
constexpr Words directory{"directory of: ", "annuaire de : ", "دليل اتحاد: "};
constexpr Words version{", version ", ", version ", "، الإصدار "};
constexpr Words signed_by{", signed by ", ", signé par ", "، وقّعه "};
constexpr Words receipted{"the other side signed that it has this",
                          "l'autre partie a signé qu'elle l'a reçu", "وقّعت الجهة الأخرى أنه عندها"};
constexpr Words written{"only the writer has signed this so far",
                        "seul l'auteur l'a signé jusqu'ici", "لم يوقّعه حتى الآن سوى كاتبه"};
constexpr Words erased{"erased: only its fingerprint is left",
                       "effacé : il n'en reste que l'empreinte", "مُحي: لم تبقَ سوى بصمته"};
constexpr Words wrong_side{"not for this side to say: without effect",
                           "pas à cette partie de le dire : sans effet",
                           "ليس لهذا الطرف أن يقوله: بلا أثر"};
constexpr Words limits{
    "This does not show that the maker left out the last things one side said, and with them all "
    "that answered them: ask the other side for its file too. Times are those of the writer's "
    "clock.",
    "Ceci ne montre pas si l'auteur du fichier a omis les derniers messages d'une partie, avec "
    "tous "
    "ceux qui y répondaient : demandez aussi le fichier de l'autre. Les heures sont celles de "
    "l'horloge de chaque auteur.",
    "لا يُظهر هذا إن كان مُعِدّ الملف قد أسقط آخر ما قاله أحد الطرفين مع كل ما أجاب عنه: اطلب ملف "
    "الطرف الآخر أيضاً. الأوقات بساعة كاتبها."};
constexpr Words limits_of_erased{
    "The referral is erased. This shows that something stood at these places of the two logs: not "
    "what it said, and not that it was about this referral.",
    "La demande est effacée. Ceci montre que quelque chose figurait à ces places des deux journaux "
    ": ni ce que c'était, ni que cela concernait cette demande.",
    "الإحالة مُحيت. يُظهر هذا أن شيئاً كان في هذه المواضع من السجلّين: لا ما قاله، ولا أنه كان عن هذه "
    "الإحالة."};

std::string_view say(const Words& words, Language language) { return words[std::size_t(language)]; }

std::string_view say_kind(std::string_view kind, Language language) {
    const auto found = std::ranges::find(kind_words, kind, &KindWords::kind);
    return found == std::end(kind_words) ? kind : say(found->words, language);
}

// One line for each node: `role: id  name`.
std::string member_line(const Words& role, const Member& member, Language language) {
    return std::string(say(role, language)) + member.id + "  " + cli::shown(member.name) +
           (member.revoked ? std::string(say(revoked, language)) : "") + "\n";
}

std::string event_lines(const Findings& findings, const ProvenEvent& event, Language language) {
    std::string lines = "\n" + std::to_string(&event - findings.events.data() + 1) + ". ";
    if (event.said) lines += format_time(event.said->at) + "  ";
    lines += findings.member(event.side).id + "  ";
    if (event.said) {
        lines += say_kind(event.said->kind, language);
        if (!event.said->reason.empty()) lines += " (" + event.said->reason + ")";
    } else {
        lines += say(erased, language);
    }
    lines += "\n   " + std::string(say(event.receipted ? receipted : written, language)) + "\n";
    if (!event.said) return lines + "   SHA-256 " + to_hex(event.leaf) + "\n";
    if (event.wrong_side) lines += "   " + std::string(say(wrong_side, language)) + "\n";
    const Said& said = *event.said;
    if (!said.request_kind.empty())
        lines += "   " + said.request_kind + ", " + cli::shown(said.case_code) + "\n";
    return lines + cli::shown_prose(said.narrative, "   | ") + cli::shown_prose(said.text, "   | ");
}

// A JSON string; nothing but ASCII, quotes and what JSON itself names is escaped.
std::string quoted(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            json += {'\\', c};
        else if (byte < 0x20)
            json += "\\u00" + to_hex(std::array{std::uint8_t(byte)});
        else
            json += c;
    }
    return json + "\"";
}

std::string member_json(const Member& member) {
    return "{\"id\":" + quoted(member.id) + ",\"name\":" + quoted(member.name) +
           ",\"status\":" + (member.revoked ? "\"revoked\"}" : "\"active\"}");
}

std::string log_json(const ProvenLog& log) {
    return "{\"origin\":" + quoted(log.origin) + ",\"receipted\":" + std::to_string(log.receipted) +
           ",\"size\":" + std::to_string(log.size) + ",\"root\":" + quoted(to_base64(log.root)) +
           "}";
}

std::string event_json(const Findings& findings, const ProvenEvent& event) {
    std::string json =
        "{\"by\":" + quoted(findings.member(event.side).id) +
        ",\"number\":" + std::to_string(event.number) + ",\"log\":" + std::to_string(event.log) +
        ",\"index\":" + std::to_string(event.index) + ",\"leaf\":" + quoted(to_hex(event.leaf)) +
        ",\"receipted\":" + (event.receipted ? "true" : "false");
    if (!event.said) return json + ",\"erased\":true}";
    if (event.wrong_side) json += ",\"wrongSide\":true";
    json += ",\"at\":" + quoted(format_time(event.said->at)) +
            ",\"kind\":" + quoted(event.said->kind) + ",\"reason\":" + quoted(event.said->reason) +
            ",\"text\":" + quoted(event.said->text);
    if (!event.said->request_kind.empty())
        json += ",\"request\":{\"kind\":" + quoted(event.said->request_kind) +
                ",\"caseCode\":" + quoted(event.said->case_code) +
                ",\"narrative\":" + quoted(event.said->narrative) + "}";
    return json + "}";
}

template <typename List, typename Write>
std::string joined(const List& list, const char* between, Write write) {
    std::string text;
    for (const auto& item : list) text += (text.empty() ? "" : between) + write(item);
    return text;
}

}  // namespace

std::optional<Language> language_from(std::string_view code) {
    if (code == "en") return Language::english;
    if (code == "fr") return Language::french;
    if (code == "ar") return Language::arabic;
    return {};
}

std::string in_words(const Findings& findings, Language language) {
    const auto name_of = [](const trust::Verifier& steward) { return cli::shown(steward.name); };
    const Federation& federation = findings.federation;
    std::string text = std::string(say(valid, language)) + "\n\n";
    text += std::string(say(referral, language)) + format_uuid(findings.referral) + "\n";
    text +=
        member_line(asker, findings.asker, language) + member_line(asked, findings.asked, language);
    text += std::string(say(exported, language)) + findings.member(findings.exporter).id + ", " +
            format_time(findings.exported_at) + "\n";
    text += std::string(say(directory, language)) + federation.name +
            std::string(say(version, language)) + std::to_string(federation.version) +
            std::string(say(signed_by, language)) + joined(federation.signed_by, ", ", name_of) +
            "\n";
    for (const auto& event : findings.events) text += event_lines(findings, event, language);
    const bool erased = !findings.events.front().said;
    return text + "\n" + std::string(say(erased ? limits_of_erased : limits, language)) + "\n";
}

std::string in_json(const Findings& findings) {
    const auto name_of = [](const trust::Verifier& steward) { return quoted(steward.name); };
    const auto event_of = [&](const ProvenEvent& event) { return event_json(findings, event); };
    return "{\"passport\":\"valid\",\"referral\":" + quoted(format_uuid(findings.referral)) +
           ",\"asker\":" + member_json(findings.asker) +
           ",\"asked\":" + member_json(findings.asked) +
           ",\"exporter\":" + quoted(findings.member(findings.exporter).id) +
           ",\"exportedAt\":" + quoted(format_time(findings.exported_at)) +
           ",\"directory\":{\"federation\":" + quoted(findings.federation.name) +
           ",\"version\":" + std::to_string(findings.federation.version) + ",\"signedBy\":[" +
           joined(findings.federation.signed_by, ",", name_of) + "]},\"logs\":[" +
           joined(findings.logs, ",", log_json) + "],\"events\":[" +
           joined(findings.events, ",", event_of) + "]}";
}

std::string refusal_in_words(const Error& error, Language language) {
    return std::string(say(not_valid, language)) + cli::shown(error.detail) + " [" +
           name(error.fault) + "]";
}

}  // namespace sanad::verifier
