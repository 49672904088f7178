#pragma once

#include "plugins/channels/phone/calls/calls.h"
#include "plugins/channels/phone/flow/flow.h"
#include "plugins/channels/phone/media/prompt_pack.h"
#include "plugins/channels/phone/settings.h"
#include "plugins/channels/phone/sip/endpoint.h"

#include <sanad/host.hpp>

#include <string>

namespace sanad::phone {

/// What the plugin works with, read once before it begins.
struct Material {
    Flow flow;
    PromptPacks prompts;
    EndpointSettings endpoint;
    std::string caller_key;
};

/// Opens by the node what the settings name: the flow and what is laid over it, the prompts, the
/// certificate. The key that hides callers' numbers is kept by the node, and is another each year.
///
/// throws  sanad::plugin::Error SANAD_E_INVALID; what is wrong and how to mend it is in the log,
///         a line each
Material read_material(plugin::Host& host, const Settings& settings);

CallSettings call_settings(const Settings& settings, const std::string& caller_key);

}  // namespace sanad::phone
