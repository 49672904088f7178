// The part of Service that is about the case form.
#include "core/api/reply_text.h"
#include "core/api/service.h"

namespace sanad::api {
namespace {

void fill_form(schema::api::FormView::Builder out, const casework::Form& form) {
    out.setVersion(text(form.version));
    auto fields = out.initFields(static_cast<unsigned>(form.fields.size()));
    for (unsigned i = 0; i < fields.size(); ++i) {
        const auto& field = form.fields[i];
        fields[i].setId(text(field.id));
        fields[i].setType(text(std::string(casework::name(field.type))));
        fields[i].setList(text(field.list));
        fields[i].setEn(text(field.english));
        fields[i].setFr(text(field.french));
        fields[i].setAr(text(field.arabic));
        fields[i].setMost(field.most);
        fields[i].setNeeded(field.needed);
    }
}

}  // namespace

Result<void> Service::form_show(Context& context, In, Out reply) {
    auto out = reply.initForm();
    fill_form(out, *parts_.node.form());
    if (check_role(context.actor, {Role::supervisor, Role::admin}))
        out.setOwn(text(parts_.node.own_form()));
    return {};
}

Result<void> Service::case_answer(Context& context, In request, Out reply) {
    const auto in = request.getCaseAnswer();
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    if (in.getAnswers().size() > casework::form_fields_max) return fail(Fault::bad_size, "answers");
    std::vector<casework::FormAnswer> answers;
    for (const auto each : in.getAnswers()) {
        auto values = texts_from(each.getValues(), casework::answer_values_max);
        if (!values) return std::unexpected(values.error());
        answers.push_back({from_text(each.getField()), std::move(*values)});
    }
    const auto form = parts_.node.form();
    if (const auto fits = casework::check_answers(*form, answers, parts_.taxonomies); !fits)
        return fits;
    if (const auto own = own_case(context, *id); !own) return std::unexpected(own.error());
    const auto file = parts_.cases.answer(*context.draft, *id, form->version, answers,
                                          context.actor.name, context.now);
    if (!file) return std::unexpected(file.error());
    reply.initDone().setId(text(format(file->id)));
    return {};
}

Result<void> Service::form_try(Context&, In request, Out reply) {
    const auto form = parts_.node.try_form(from_text(request.getFormTry()));
    if (!form) return std::unexpected(form.error());
    fill_form(reply.initForm(), *form);
    return {};
}

Result<void> Service::form_install(Context& context, In request, Out reply) {
    const auto version = parts_.node.install_form(from_text(request.getFormInstall()));
    if (!version) return std::unexpected(version.error());
    context.reason = "form " + *version;
    parts_.feed.emit(*context.draft, {.at = context.now, .name = "form.changed"});
    reply.initDone().setId(text(*version));
    return {};
}

}  // namespace sanad::api
