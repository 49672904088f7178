#include "core/node/call_messages.h"

#include "core/base/message.h"

#include <sanad/plugin.capnp.h>

namespace sanad::node {

namespace wire = plugin::schema;

namespace {

constexpr std::size_t device_bytes_max = 64;

Bytes copy(capnp::Data::Reader data) { return {data.begin(), data.end()}; }

Result<std::string> device_name(capnp::Text::Reader text) {
    if (text.size() > device_bytes_max) return fail(Fault::bad_size, "device");
    return from_text(text);
}

}  // namespace

Bytes write_connect(const api::Reach& reach, const std::string& device) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::Connect>();
    out.setConversation(to_data(reach.conversation));
    out.setDevice(to_text(device));
    out.setReturnAddress(to_data(reach.return_address));
    return flatten(builder);
}

Bytes write_control(const api::Reach& reach, api::CallAct act, const std::string& device) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<wire::Control>();
    out.setConversation(to_data(reach.conversation));
    out.setAct(static_cast<wire::Control::Act>(act));
    out.setDevice(to_text(device));
    return flatten(builder);
}

Result<Attach> read_attach(ByteView request) {
    return read_message<wire::Attach>(request, [](auto in) -> Result<Attach> {
        const auto bytes = in.getBytes();
        if (bytes.size() > casework::file_part_bytes_max) return fail(Fault::bad_size, "part");
        return Attach{copy(in.getConversation()),
                      copy(in.getFile()),
                      {in.getIndex(), copy(bytes), in.getLast(), from_text(in.getName()),
                       from_text(in.getMediaType())}};
    });
}

Result<Summon> read_summon(ByteView request) {
    return read_message<wire::Summon>(request, [](auto in) -> Result<Summon> {
        const auto devices = in.getDevices();
        if (devices.size() > api::Switchboard::devices_max)
            return fail(Fault::exhausted, "devices");
        Summon summon{copy(in.getConversation()), {}};
        for (const auto text : devices) {
            auto device = device_name(text);
            if (!device) return std::unexpected(device.error());
            summon.devices.push_back(std::move(*device));
        }
        return summon;
    });
}

Bytes write_summon_reply(const std::string& device) {
    capnp::MallocMessageBuilder builder(16);
    builder.initRoot<wire::SummonReply>().setDevice(to_text(device));
    return flatten(builder);
}

Result<Rang> read_rang(ByteView request) {
    return read_message<wire::Rang>(request, [](auto in) -> Result<Rang> {
        using Word = api::Switchboard::Rang;
        auto device = device_name(in.getDevice());
        if (!device) return std::unexpected(device.error());
        Rang rang{copy(in.getConversation()), std::move(*device), {}};
        switch (in.getResult()) {
            case wire::Rang::Result::ANSWERED:
                rang.result = Word::answered;
                return rang;
            case wire::Rang::Result::MISSED:
                rang.result = Word::missed;
                return rang;
            case wire::Rang::Result::BUSY:
                rang.result = Word::busy;
                return rang;
            case wire::Rang::Result::REFUSED:
                rang.result = Word::refused;
                return rang;
        }
        return fail(Fault::unsupported, "result");
    });
}

Result<std::string> read_device(ByteView request) {
    return read_message<wire::Device>(
        request, [](auto in) -> Result<std::string> { return device_name(in.getName()); });
}

Bytes write_device_reply(ByteView ha1) {
    capnp::MallocMessageBuilder builder(16);
    builder.initRoot<wire::DeviceReply>().setHa1(to_data(ha1));
    return flatten(builder);
}

}  // namespace sanad::node
