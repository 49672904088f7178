#include "plugins/channels/email/imap.h"

#include "plugins/channels/email/base64.h"

#include <algorithm>
#include <span>

namespace sanad::email {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

}  // namespace

Sasl plain(std::string_view user, std::string_view password) {
    std::string response(1, '\0');
    response += user;
    response += '\0';
    response += password;
    return {"PLAIN", response};
}

std::string set_of(const std::vector<std::uint32_t>& uids) {
    std::string text;
    for (const std::uint32_t uid : uids) {
        if (!text.empty()) text += ',';
        text += std::to_string(uid);
    }
    return text;
}

std::string Imap::next_tag() { return 'a' + std::to_string(++tags_); }

Imap::Done<void> Imap::send(std::string_view bytes) {
    if (const auto sent = wire_.send(bytes, times_.answer); !sent)
        return std::unexpected(std::string(name(sent.error())));
    return {};
}

void Imap::learn(const ImapResponse& response) {
    if (response.tag != "*") return;
    if (auto capabilities = read_capabilities(response.text)) can_ = std::move(*capabilities);
    if (read_count(response.text, "EXISTS")) news_ = true;
}

Imap::Done<ImapResponse> Imap::response(milliseconds limit) {
    const auto until = Clock::now() + limit;
    for (;;) {
        auto next = reader_.next();
        if (!next) return std::unexpected(std::string(next.error()));
        if (*next) {
            learn(**next);
            return std::move(**next);
        }
        // A server that sends a byte now and then does not hold us longer than the limit.
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
        if (left.count() <= 0) return std::unexpected(std::string(name(WireFault::timed_out)));
        const auto bytes = wire_.receive(left);
        if (!bytes) return std::unexpected(std::string(name(bytes.error())));
        reader_.feed(*bytes);
    }
}

Imap::Done<ImapCondition> Imap::finish(const std::string& tag, milliseconds limit,
                                       const Each& each) {
    const auto until = Clock::now() + limit;
    for (;;) {
        auto next = response(std::chrono::ceil<milliseconds>(until - Clock::now()));
        if (!next) return std::unexpected(next.error());
        if (next->tag == tag) {
            auto condition = read_condition(next->text);
            if (!condition) return std::unexpected("imap_malformed");
            if (condition->code == "CAPABILITY")
                if (auto can = read_capabilities("CAPABILITY " + condition->value))
                    can_ = std::move(*can);
            return *condition;
        }
        if (next->tag != "*") continue;  // a continuation nobody asked for
        if (const auto said = read_condition(next->text); said && said->status == ImapStatus::bye)
            return std::unexpected("imap_bye");
        if (each) each(*next);
    }
}

Imap::Done<ImapCondition> Imap::command(std::string_view text, milliseconds limit,
                                        const Each& each) {
    const std::string tag = next_tag();
    if (auto sent = send(tag + ' ' + std::string(text) + "\r\n"); !sent)
        return std::unexpected(sent.error());
    return finish(tag, limit, each);
}

Imap::Done<void> Imap::simple(std::string_view text) {
    const auto done = command(text, times_.answer);
    if (!done) return std::unexpected(done.error());
    if (done->status != ImapStatus::ok) return std::unexpected("imap_refused");
    return {};
}

Imap::Done<void> Imap::greet() {
    const auto first = response(times_.answer);
    if (!first) return std::unexpected(first.error());
    const auto condition = read_condition(first->text);
    if (first->tag != "*" || !condition) return std::unexpected("imap_malformed");
    if (condition->status != ImapStatus::ok) return std::unexpected("imap_bye");
    return simple("CAPABILITY");
}

Imap::Done<void> Imap::sign_in(const Sasl& sasl, std::string_view user, std::string_view password) {
    std::string text;
    std::string rest;
    if (can("AUTH=" + sasl.mechanism)) {
        text = "AUTHENTICATE " + sasl.mechanism;
        if (can("SASL-IR")) {
            text += ' ' + base64(sasl.response);
        } else {
            rest = base64(sasl.response);
        }
    } else {
        const auto quoted_user = quoted(user), quoted_password = quoted(password);
        if (can("LOGINDISABLED") || !quoted_user || !quoted_password)
            return std::unexpected("imap_no_way_to_sign_in");
        text = "LOGIN " + *quoted_user + ' ' + *quoted_password;
    }
    const std::string tag = next_tag();
    if (auto sent = send(tag + ' ' + text + "\r\n"); !sent) return sent;
    if (!rest.empty()) {
        const auto go = response(times_.answer);
        if (!go) return std::unexpected(go.error());
        if (go->tag != "+") return std::unexpected("imap_login_refused");
        if (auto sent = send(rest + "\r\n"); !sent) return sent;
    }
    can_.clear();
    const auto done = finish(tag, times_.answer, {});
    if (!done) return std::unexpected(done.error());
    if (done->status != ImapStatus::ok) return std::unexpected("imap_login_refused");
    return can_.empty() ? simple("CAPABILITY") : Done<void>();
}

Imap::Done<void> Imap::create(std::string_view folder) {
    const auto name = quoted(folder);
    if (!name) return std::unexpected("imap_folder_name");
    const auto done = command("CREATE " + *name, times_.answer);
    if (!done) return std::unexpected(done.error());
    return {};
}

Imap::Done<Selected> Imap::select(std::string_view folder) {
    const auto name = quoted(folder);
    if (!name) return std::unexpected("imap_folder_name");
    Selected selected;
    const auto done = command("SELECT " + *name, times_.answer, [&](ImapResponse& said) {
        const auto condition = read_condition(said.text);
        if (condition && condition->code == "UIDVALIDITY")
            selected.uid_validity = read_number(condition->value).value_or(0);
    });
    if (!done) return std::unexpected(done.error());
    if (done->status != ImapStatus::ok) return std::unexpected("imap_no_folder");
    return selected;
}

Imap::Done<std::vector<std::uint32_t>> Imap::all() {
    std::vector<std::uint32_t> uids;
    news_ = false;
    const auto done = command("UID SEARCH ALL", times_.answer, [&](ImapResponse& said) {
        if (auto found = read_search(said.text)) uids = std::move(*found);
    });
    if (!done) return std::unexpected(done.error());
    if (done->status != ImapStatus::ok) return std::unexpected("imap_refused");
    return uids;
}

Imap::Done<std::vector<Fetched>> Imap::sizes(const std::vector<std::uint32_t>& uids) {
    std::vector<Fetched> all;
    const auto done = command("UID FETCH " + set_of(uids) + " (UID RFC822.SIZE)", times_.answer,
                              [&](ImapResponse& said) {
                                  auto one = read_fetch(std::move(said));
                                  if (one && one->size && all.size() < uids.size())
                                      all.push_back(std::move(*one));
                              });
    if (!done) return std::unexpected(done.error());
    if (done->status != ImapStatus::ok) return std::unexpected("imap_refused");
    return all;
}

Imap::Done<std::vector<Fetched>> Imap::bodies(const std::vector<std::uint32_t>& uids,
                                              std::size_t bytes) {
    std::vector<Fetched> all;
    const std::string text =
        "UID FETCH " + set_of(uids) + " (UID BODY.PEEK[]<0." + std::to_string(bytes) + ">)";
    const auto done = command(text, times_.fetch, [&](ImapResponse& said) {
        auto one = read_fetch(std::move(said));
        // Only what was asked for: a server could send what it likes, as often as it likes.
        if (!one || !one->body || one->body->size() > bytes || all.size() == uids.size()) return;
        if (std::ranges::find(uids, one->uid) != uids.end()) all.push_back(std::move(*one));
    });
    if (!done) return std::unexpected(done.error());
    if (done->status != ImapStatus::ok) return std::unexpected("imap_refused");
    return all;
}

Imap::Done<void> Imap::move(const std::vector<std::uint32_t>& uids, std::string_view folder) {
    const auto name = quoted(folder);
    if (!name) return std::unexpected("imap_folder_name");
    for (std::size_t at = 0; at < uids.size(); at += moved_at_once) {
        const auto some = std::span(uids).subspan(at, std::min(moved_at_once, uids.size() - at));
        const std::string set = set_of({some.begin(), some.end()});
        if (can("MOVE")) {
            if (auto moved = simple("UID MOVE " + set + ' ' + *name); !moved) return moved;
            continue;
        }
        if (auto copied = simple("UID COPY " + set + ' ' + *name); !copied) return copied;
        if (auto marked = simple("UID STORE " + set + " +FLAGS.SILENT (\\Deleted)"); !marked)
            return marked;
        if (auto gone = simple(can("UIDPLUS") ? "UID EXPUNGE " + set : std::string("EXPUNGE"));
            !gone)
            return gone;
    }
    return {};
}

Imap::Done<bool> Imap::wait(milliseconds limit, milliseconds poll, const Cancel& cancel) {
    if (news_) return true;
    if (!can("IDLE")) {
        if (!cancel.wait(std::min(limit, poll)))
            return std::unexpected(std::string(name(WireFault::cancelled)));
        if (auto asked = simple("NOOP"); !asked) return std::unexpected(asked.error());
        return news_;
    }
    const std::string tag = next_tag();
    if (auto sent = send(tag + " IDLE\r\n"); !sent) return std::unexpected(sent.error());
    const auto until = Clock::now() + limit;
    bool idling = false;
    while (!(idling && news_)) {
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
        const auto said = response(idling ? left : std::min(left, times_.answer));
        if (!said && idling && said.error() == name(WireFault::timed_out)) break;
        if (!said) return std::unexpected(said.error());
        if (said->tag == tag) return std::unexpected("imap_refused");
        if (said->tag == "+") idling = true;
        const auto condition = read_condition(said->text);
        if (said->tag == "*" && condition && condition->status == ImapStatus::bye)
            return std::unexpected("imap_bye");
    }
    if (auto sent = send("DONE\r\n"); !sent) return std::unexpected(sent.error());
    const auto done = finish(tag, times_.answer, {});
    if (!done) return std::unexpected(done.error());
    return news_;
}

void Imap::log_out() { (void)send(next_tag() + " LOGOUT\r\n"); }

}  // namespace sanad::email
