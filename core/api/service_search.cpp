// The part of Service that looks for words, and hears what people say of hints.
#include "core/api/reply_text.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {

using casework::SearchQuery;

struct Service::FoundText {
    ContactId contact;
    CaseId case_id;
    std::string case_code;
    std::uint64_t seq = 0;
    Time at;
    std::string from, text;
};

namespace {

constexpr std::uint32_t found_max = 100;
constexpr std::size_t text_bytes_max = 300;
constexpr std::size_t opened_max =
    2'000;  // that the index named and that turned out otherwise, too

bool has_prose(const casework::ContactEvent&) { return true; }
// The text of an assignment is a name.
bool has_prose(const casework::CaseEvent& event) {
    return event.kind == casework::CaseEventKind::note ||
           event.kind == casework::CaseEventKind::safety_plan;
}

/// The newest event with a word of the query; nothing when not all of its words are there after
/// all, which the index cannot tell for long beginnings.
template <typename Events>
auto newest(const Events& events, const SearchQuery& query, Time& at, std::string& text)
    -> decltype(events.data()) {
    decltype(events.data()) best = nullptr;
    std::vector<bool> there(query.terms().size());
    const bool check = std::ranges::any_of(
        query.terms(), [](const auto& term) { return !term.beginning.empty(); });
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        if (!has_prose(*event)) continue;
        if (best == nullptr) {
            if (const auto word = query.first_in(event->text)) {
                best = &*event;
                at = event->at;
                text = casework::around(event->text, word->first, text_bytes_max);
            }
        }
        if (best != nullptr && !check) return best;
        if (check) query.mark(event->text, there);
    }
    return check && !std::ranges::all_of(there, std::identity()) ? nullptr : best;
}

}  // namespace

Result<void> Service::hint_judge(Context& context, In request, Out reply) {
    const auto in = request.getHintJudge();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    if (const auto there = parts_.contacts.find(context.from, *id); !there)
        return std::unexpected(there.error());
    const auto kind = from_text(in.getHint());
    const auto verdict = in.getRight() ? Hints::Verdict::right : Hints::Verdict::wrong;
    const auto judged = parts_.hints.judge(*context.draft, *id, kind, verdict, context.now);
    if (!judged) return judged;
    context.reason = kind + (in.getRight() ? " right" : " wrong");
    auto done = reply.initDone();
    done.setId(text(format(*id)));
    done.setState(in.getRight() ? "right" : "wrong");
    return {};
}

/// What there is to show of a thing that the index names; nothing when it is gone by now, or a
/// colleague's.
Result<std::optional<Service::FoundText>> Service::found_text(
    Context& context, const store::SearchIndex::Thing& thing, const SearchQuery& query) {
    store::Snapshot& from = context.from;
    FoundText found;
    const auto gone = [](const Error& error) { return error.fault == Fault::not_found; };
    if (thing.kind == static_cast<std::uint8_t>(SearchKind::contact)) {
        found.contact = ContactId{thing.id};
        const auto contact = parts_.contacts.find(from, found.contact);
        if (!contact && gone(contact.error())) return std::nullopt;
        if (!contact) return std::unexpected(contact.error());
        const auto may = may_open(context, *contact);
        if (!may) return std::unexpected(may.error());
        if (!*may) return std::nullopt;
        found.case_id = contact->case_id;
        const auto events = parts_.contacts.events(from, found.contact, 0, UINT32_MAX);
        if (!events) return std::unexpected(events.error());
        const auto* event = newest(*events, query, found.at, found.text);
        if (event == nullptr) return std::nullopt;
        found.seq = event->index;
        found.from =
            event->kind == casework::ContactEventKind::child_message ? "person" : event->actor;
    } else {
        found.case_id = CaseId{thing.id};
        const auto file = own_case(context, found.case_id);
        if (!file && (gone(file.error()) || file.error().fault == Fault::denied))
            return std::nullopt;
        if (!file) return std::unexpected(file.error());
        found.case_code = file->code;
        const auto events = parts_.cases.events(from, found.case_id);
        if (!events && gone(events.error())) return std::nullopt;
        if (!events) return std::unexpected(events.error());
        const auto* event = newest(*events, query, found.at, found.text);
        if (event == nullptr) return std::nullopt;
        found.from = event->actor;
    }
    if (found.case_code.empty() && !found.case_id.empty())
        if (const auto file = parts_.cases.find(from, found.case_id)) found.case_code = file->code;
    return found;
}

Result<void> Service::search(Context& context, In request, Out reply) {
    const auto in = request.getSearch();
    const auto query = SearchQuery::parse(from_text(in.getWords()));
    if (!query) return std::unexpected(query.error());
    if (in.getLimit() == 0 || in.getLimit() > found_max) return fail(Fault::invalid, "limit");
    std::vector<store::SearchIndex::Term> terms;
    for (const auto& term : query->terms()) {
        terms.emplace_back();
        for (const auto& form : term.forms) terms.back().push_back(parts_.search.token(form));
    }
    std::vector<FoundText> found;
    std::size_t opened = 0;
    const auto looked = parts_.search.find(
        context.from, terms, [&](const store::SearchIndex::Thing& thing) -> Result<bool> {
            auto one = found_text(context, thing, *query);
            if (!one) return std::unexpected(one.error());
            if (*one) found.push_back(std::move(**one));
            return found.size() < in.getLimit() && ++opened < opened_max;
        });
    if (!looked) return looked;
    std::ranges::stable_sort(found, std::greater(), &FoundText::at);
    auto out = reply.initFound(static_cast<unsigned>(found.size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto& one = found[i];
        if (!one.contact.empty()) out[i].setContact(text(format(one.contact)));
        if (!one.case_id.empty()) out[i].setCase(text(format(one.case_id)));
        out[i].setCaseCode(text(one.case_code));
        out[i].setSeq(one.seq);
        out[i].setAt(text(format_time(one.at)));
        out[i].setFrom(text(one.from));
        out[i].setText(text(one.text));
    }
    return {};
}

}  // namespace sanad::api
