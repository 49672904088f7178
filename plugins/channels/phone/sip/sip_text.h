#pragma once

#include "plugins/channels/phone/sip/host_address.h"

#include <chrono>
#include <string>
#include <string_view>

struct pl;
struct sa;
struct sip_msg;

// Between libre's types and ours. Internal.
namespace sanad::phone {

/// Borrows from the message.
std::string_view view(const pl& text);
std::string text(const pl& text);
HostAddress host(const sa& address);
/// The value of the first header of that id, or empty. Borrows from the message.
std::string_view header(const sip_msg& message, int id);
bool has_token(const sip_msg& message, int id, const char* token);

/// libre's clock: milliseconds that only go forward.
std::chrono::milliseconds clock_now();

}  // namespace sanad::phone
