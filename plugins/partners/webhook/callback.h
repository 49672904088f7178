#pragma once

#include "plugins/partners/webhook/settings.h"
#include "plugins/shared/http/server.h"

#include <sanad/host.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace sanad::webhook {

inline constexpr std::size_t remembered_ids_max = 1024;

/// `POST /callback`: the partner's software reports a status, signed as Standard Webhooks say.
///
///   200 {"recorded":true}   on disk; the same webhook-id again gets the same answer
///   401                     signature, key or clock is wrong: error says which header
///   404 unknown_reference   never given to this partner, or closed or withdrawn
///   409 id_reused           that webhook-id came before with another body
///   409 not_possible        the matter's state does not allow it any more
///   415, 422                not JSON; not the three fields (see ReportFault)
///   503                     not stored: send it again after Retry-After
///
/// threads  one at a time
class Callback {
public:
    /// Both outlive it.
    Callback(const Settings& settings, plugin::Host& host);

    /// now_s  UTC seconds since 1970
    http::Response answer(const http::Request& request, std::int64_t now_s);

private:
    http::Response record(const std::string& id, const std::string& body);
    bool other_body_before(const std::string& id, const std::string& body);

    const Settings& settings_;
    plugin::Host& host_;
    std::map<std::string, std::string> bodies_;  // SHA-256 of the body, by webhook-id
    std::deque<std::string> order_;              // the oldest id in front
};

/// What a status of the host means for the one who reported; the body is refusal()'s.
http::Response refusal_of(sanad_status status);

}  // namespace sanad::webhook
