#pragma once

#include "plugins/channels/phone/sip/handle.h"

#include <string>

namespace sanad::phone {

/// Makes what TLS needs, all of it from memory. Internal.
///
/// certificate, key  PEM
/// authorities       PEM: who vouches for a trunk's certificate. Empty: nobody, so that no
///                   connection of our own making is taken for good
/// returns           null: one of them cannot be read
Handle<tls> make_tls(const std::string& certificate, const std::string& key,
                     const std::string& authorities);

}  // namespace sanad::phone
