#pragma once

#include "plugins/partners/webhook/page.h"
#include "plugins/partners/webhook/report.h"
#include "plugins/shared/http/server.h"

#include <sanad/host.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sanad::webhook {

/// `/pickup/REFERENCE`: who has the link reads the disclosed view and answers, without an account.
/// Looking changes nothing, so that a mail scanner that opens links acknowledges nothing; answering
/// needs the form of that page. An unknown, closed or withdrawn matter and a wrong link look the
/// same.
///
///   GET  /pickup/REFERENCE       200 the page; 404; 503
///   POST /pickup/REFERENCE       303 to …/done when it is on disk; 403, 409, 422, 503 the page
///                                again, with what was written and what is wrong; 404; 415
///   GET  /pickup/REFERENCE/done  200 thanks, and nothing of the matter
///   GET  /pickup.css
///
/// threads  one at a time
class Pickup {
public:
    /// Both outlive it.
    Pickup(const Settings& settings, plugin::Host& host);

    /// path   of the request, after "/pickup"
    /// now_s  UTC seconds since 1970
    http::Response answer(const http::Request& request, std::string_view path, std::int64_t now_s);

private:
    struct Visit;  // one request, with its reference and language

    http::Response show(const Visit& visit, unsigned status, FormState form);
    http::Response take(const Visit& visit);
    http::Response store(const Visit& visit, const FormState& form, const Report& report);
    http::Response absent(const PageStyle& style) const;

    const Settings& settings_;
    plugin::Host& host_;
    std::string form_key_;  // of make_form_token; derived, so that a restart keeps open pages good
};

/// What every page of this plugin carries besides http::security_headers(): a stricter
/// Content-Security-Policy, since nothing but the style sheet and the form is used.
http::Response html_response(unsigned status, std::string html);

}  // namespace sanad::webhook
