// The part of Service that is about policy packs.
#include "core/api/policy_reply.h"
#include "core/api/reply_text.h"
#include "core/api/service.h"

namespace sanad::api {

void fill_policy(schema::api::PolicyView::Builder out, const federation::SignedPolicy& policy) {
    const auto& pack = policy.pack;
    out.setName(text(pack.name));
    out.setVersion(pack.version);
    out.setIssued(text(format_time(pack.issued)));
    out.setReviewed(policy.is_reviewed());
    out.setReviewedBy(text(pack.reviewed_by));
    out.setInstalled(!policy.from_installation);
    fill_texts(out.initCovers(static_cast<unsigned>(pack.covers.size())),
               {pack.covers.begin(), pack.covers.end()});
    fill_texts(out.initSigners(static_cast<unsigned>(policy.signers.size())), policy.signers);
}

Result<void> Service::policy_list(Context&, In, Out reply) {
    const auto policies = parts_.policies.current();
    auto out = reply.initPolicies(static_cast<unsigned>(policies->packs.size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_policy(out[i], policies->packs[i]);
    return {};
}

Result<void> Service::policy_show(Context&, In request, Out reply) {
    const auto policies = parts_.policies.current();
    const auto* policy = policies->named(from_text(request.getPolicyShow()));
    if (policy == nullptr) return fail(Fault::not_found, "policy pack");
    auto out = reply.initPolicies(1);
    fill_policy(out[0], *policy);
    out[0].setText(text(federation::describe_policy(*policy)));
    return {};
}

Result<void> Service::policy_install(Context& context, In request, Out reply) {
    const auto installed = parts_.node.install_policy(from_text(request.getPolicyInstall()));
    if (!installed) return std::unexpected(installed.error());
    context.reason = *installed;
    reply.initDone().setState(text(*installed));
    return {};
}

Result<void> Service::policy_reload(Context& context, In, Out reply) {
    const auto reloaded = parts_.node.reload_policies();
    if (!reloaded) return std::unexpected(reloaded.error());
    context.reason = *reloaded;
    reply.initDone().setState(text(*reloaded));
    return {};
}

}  // namespace sanad::api
