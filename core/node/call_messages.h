#pragma once

#include "core/api/outward.h"
#include "core/api/switchboard.h"
#include "core/casework/contact_file.h"

#include <string>
#include <vector>

// The messages of calls and files (sanad/plugin.capnp) in the core's words, both ways. What comes
// from a plugin is as hostile as what comes from a network.
namespace sanad::node {

// ---------------------------------------------------------------------- node -> plugin

Bytes write_connect(const api::Reach& reach, const std::string& device);
Bytes write_control(const api::Reach& reach, api::CallAct act, const std::string& device);

// ---------------------------------------------------------------------- plugin -> node

struct Attach {
    Bytes conversation, file;
    casework::ContactFilePart part;
};
/// errors  malformed, bad_size
Result<Attach> read_attach(ByteView request);

struct Summon {
    Bytes conversation;
    std::vector<std::string> devices;
};
/// errors  malformed · bad_size: a device's name · exhausted: too many devices
Result<Summon> read_summon(ByteView request);
Bytes write_summon_reply(const std::string& device);

struct Rang {
    Bytes conversation;
    std::string device;
    api::Switchboard::Rang result{};
};
/// errors  malformed, bad_size, unsupported
Result<Rang> read_rang(ByteView request);

/// The name of the device that is asked for. errors  malformed, bad_size
Result<std::string> read_device(ByteView request);
Bytes write_device_reply(ByteView ha1);

}  // namespace sanad::node
