#include "core/node/desk_calls.h"

#include "core/base/message.h"
#include "core/plugins/status.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <algorithm>
#include <future>

namespace sanad::node {

namespace wire = plugin::schema;

void DeskCalls::happened(std::uint64_t newest) {
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, newest);
    told_.notify_all();
}

void DeskCalls::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    told_.notify_all();
}

sanad_status DeskCalls::call(std::string_view instance, std::uint32_t method, ByteView request,
                             plugins::Reply& reply) {
    if (door_ == nullptr) return SANAD_E_CLOSED;
    switch (method) {
        case SANAD_M_ASK:
            return ask(instance, request, reply);
        case SANAD_M_REST:
            return rest(instance, request, reply);
        case SANAD_M_NEWS:
            return news(request, reply);
        default:
            return SANAD_E_UNSUPPORTED;
    }
}

sanad_status DeskCalls::ask(std::string_view instance, ByteView request, plugins::Reply& reply) {
    struct Asked {
        Bytes session, request;
    };
    const auto in = read_message<wire::Ask>(request, [](auto ask) -> Result<Asked> {
        const auto session = ask.getSession();
        const auto bytes = ask.getRequest();
        return Asked{{session.begin(), session.end()}, {bytes.begin(), bytes.end()}};
    });
    if (!in) return plugins::status_of(in.error().fault);
    const auto answered = std::make_shared<std::promise<api::DeskDoor::Answered>>();
    auto answer = answered->get_future();
    door_->ask(in->session, in->request, [answered](api::DeskDoor::Answered given) {
        answered->set_value(std::move(given));
    });
    api::DeskDoor::Answered given = answer.get();

    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::AskReply>();
    out.setBytes(static_cast<std::uint32_t>(given.reply.size()));
    out.setSession(to_data(given.session));
    out.setEnded(given.ended);
    const std::size_t first = std::min(given.reply.size(), part_bytes_max);
    out.setReply(to_data(ByteView(given.reply).first(first)));
    if (first < given.reply.size()) out.setRest(keep(instance, std::move(given.reply)));
    return reply.send(flatten(builder));
}

// Those that nobody fetched go first.
std::uint64_t DeskCalls::keep(std::string_view instance, Bytes bytes) {
    std::array<std::uint8_t, 8> random{};
    entropy_.fill(random);
    const std::uint64_t handle = read_big_endian<std::uint64_t>(random) | 1;
    const Duration now = clock_.elapsed();
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const auto& kept) { return kept.second.until <= now; });
    if (kept_.size() >= replies_kept_max)
        kept_.erase(std::ranges::min_element(kept_, {},
                                             [](const auto& kept) { return kept.second.until; }));
    kept_[handle] = {std::string(instance), std::move(bytes), now + reply_kept};
    return handle;
}

sanad_status DeskCalls::rest(std::string_view instance, ByteView request, plugins::Reply& reply) {
    struct Wanted {
        std::uint64_t handle;
        std::size_t offset;
    };
    const auto in = read_message<wire::Rest>(request, [](auto rest) -> Result<Wanted> {
        return Wanted{rest.getHandle(), rest.getOffset()};
    });
    if (!in) return plugins::status_of(in.error().fault);
    Bytes part;
    {
        const std::lock_guard lock(mutex_);
        const auto kept = kept_.find(in->handle);
        if (kept == kept_.end() || kept->second.instance != instance) return SANAD_E_NOT_FOUND;
        const Bytes& bytes = kept->second.bytes;
        if (in->offset >= bytes.size()) return SANAD_E_INVALID;
        const auto rest = ByteView(bytes).subspan(in->offset);
        const auto taken = rest.first(std::min(rest.size(), part_bytes_max));
        part.assign(taken.begin(), taken.end());
        if (taken.size() == rest.size()) kept_.erase(kept);
    }
    capnp::MallocMessageBuilder builder;
    builder.initRoot<wire::RestReply>().setBytes(to_data(part));
    return reply.send(flatten(builder));
}

sanad_status DeskCalls::news(ByteView request, plugins::Reply& reply) {
    struct Wanted {
        Bytes session;
        std::uint64_t after;
        Duration wait;
    };
    const auto in = read_message<wire::News>(request, [](auto news) -> Result<Wanted> {
        const auto session = news.getSession();
        return Wanted{{session.begin(), session.end()},
                      news.getAfter(),
                      std::min(Duration(news.getWaitMs()), news_wait_max)};
    });
    if (!in) return plugins::status_of(in.error().fault);
    const bool ended = !door_->is_signed_in(in->session);
    std::uint64_t newest = 0;
    if (!ended) {
        std::unique_lock lock(mutex_);
        told_.wait_for(lock, in->wait, [&] { return closed_ || newest_ > in->after; });
        if (closed_) return SANAD_E_CLOSED;
        newest = newest_;
    }
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::NewsReply>();
    out.setSequence(newest);
    out.setEnded(ended);
    return reply.send(flatten(builder));
}

}  // namespace sanad::node
