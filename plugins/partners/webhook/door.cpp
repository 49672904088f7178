#include "plugins/partners/webhook/door.h"

#include <chrono>
#include <exception>
#include <utility>

namespace sanad::webhook {
namespace {

std::int64_t wall_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

http::Response busy() {
    auto response = http::refusal(503, "busy", "Not now: send the same again in a little while.");
    response.headers.emplace_back("Retry-After", "5");
    return response;
}

}  // namespace

Door::Door(const Settings& settings, plugin::Host& host)
    : host_(host),
      callback_(settings, host),
      pickup_(settings, host),
      takes_callbacks_(settings.takes_callbacks()) {}

std::expected<std::unique_ptr<Door>, http::StartError> Door::open(const Settings& settings,
                                                                  plugin::Host& host) {
    std::unique_ptr<Door> door(new Door(settings, host));
    http::Handlers handlers;
    handlers.request = [self = door.get()](http::Request request, http::Responder respond) {
        self->take(std::move(request), std::move(respond));
    };
    handlers.refused = [&host](unsigned status, std::string_view code) {
        host.log(SANAD_LOG_DEBUG, "webhook.request_refused",
                 {{"status", std::to_string(status)}, {"code", code}});
    };
    auto server = http::Server::start(settings.server, std::move(handlers));
    if (!server) return std::unexpected(server.error());
    door->server_ = std::move(*server);
    door->thread_ = std::thread([self = door.get()] { self->work(); });
    return door;
}

Door::~Door() {
    if (server_) server_->stop();
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Door::drain() {
    const std::lock_guard lock(mutex_);
    draining_ = true;
}

void Door::take(http::Request request, http::Responder respond) {
    std::unique_lock lock(mutex_);
    if (draining_ || stopping_ || visitors_.size() >= visits_max) {
        lock.unlock();
        return respond(busy());
    }
    visitors_.push_back({std::move(request), std::move(respond)});
    changed_.notify_all();
}

void Door::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return stopping_ || !visitors_.empty(); });
        if (stopping_) return;  // a responder that is dropped unanswered is 503
        const Visitor visitor = std::move(visitors_.front());
        visitors_.pop_front();
        lock.unlock();
        visitor.respond(answer(visitor.request));
        lock.lock();
    }
}

http::Response Door::answer(const http::Request& request) {
    const std::string_view path = request.path;
    try {
        if (path == "/callback" && takes_callbacks_)
            return callback_.answer(request, wall_seconds());
        if (path.starts_with("/pickup"))
            return pickup_.answer(request, path.substr(7), wall_seconds());
    } catch (const std::exception&) {  // Cap'n Proto and memory; the text may hold content
        host_.log(SANAD_LOG_ERROR, "webhook.request_failed");
        return busy();
    }
    return http::refusal(404, "not_found", "Nothing is here.");
}

}  // namespace sanad::webhook
