// The part of Service that looks for words, and hears what people say of hints.
#include "core/api/reply_text.h"
#include "core/api/service.h"

namespace sanad::api {

Result<void> Service::hint_judge(Context& context, In request, Out reply) {
    const auto in = request.getHintJudge();
    const auto id = parse_id<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    context.subject = id->bytes;
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

}  // namespace sanad::api
