// The part of Cases that keeps what was answered to the case form.
#include "core/api/cases.h"
#include "core/base/message.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::api {

using casework::CaseEvent;
using casework::CaseEventKind;
using casework::CaseFile;
using casework::FormAnswer;

Result<CaseFile> Cases::answer(store::Draft& draft, const CaseId& id,
                               const std::string& form_version, std::span<const FormAnswer> given,
                               const std::string& actor, Time now) {
    auto before = answers(draft, id);
    if (!before) return std::unexpected(before.error());
    const auto all = casework::merged(std::move(*before), given);
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::CaseAnswers>();
    out.setFormVersion(to_text(form_version));
    auto list = out.initAnswers(static_cast<unsigned>(all.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setField(to_text(all[i].field));
        auto values = list[i].initValues(static_cast<unsigned>(all[i].values.size()));
        for (unsigned j = 0; j < values.size(); ++j) values.set(j, to_text(all[i].values[j]));
    }
    const Bytes record = flatten(builder);
    if (record.size() > answers_bytes_max) return fail(Fault::exhausted, "answers");
    // Before the event: who hears of it reads them.
    if (const auto written = parts_.records.put(draft, answers_, id, key_of(id), record); !written)
        return std::unexpected(written.error());
    CaseEvent event;
    event.kind = CaseEventKind::details;
    event.actor = actor;
    return say(draft, id, std::move(event), now);
}

Result<std::vector<FormAnswer>> Cases::answers(store::Snapshot& from, const CaseId& id) {
    const auto bytes = parts_.records.get(from, answers_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::vector<FormAnswer>();
    return read_message<schema::CaseAnswers>(
        **bytes, [](auto in) -> Result<std::vector<FormAnswer>> {
            std::vector<FormAnswer> answers;
            for (const auto each : in.getAnswers()) {
                FormAnswer answer{from_text(each.getField()), {}};
                for (const auto value : each.getValues()) answer.values.push_back(from_text(value));
                answers.push_back(std::move(answer));
            }
            return answers;
        });
}

}  // namespace sanad::api
