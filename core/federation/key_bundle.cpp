#include "core/federation/key_bundle.h"

#include "core/base/encoding.h"
#include "core/base/time_text.h"

#include <algorithm>
#include <array>
#include <set>

namespace sanad::federation {
namespace {

constexpr std::string_view signature_field = ",signature:";

std::string format_unsigned(const KeyBundle& bundle) {
    return "identity:" + to_base64(bundle.identity) + ",signing:" + to_base64(bundle.signing) +
           ",sealing:" + to_base64(bundle.sealing.bytes) +
           ",transport:" + to_base64(bundle.transport.bytes) +
           ",issued:" + format_time(bundle.issued);
}

std::string signed_text(const NodeId& node, const KeyBundle& bundle) {
    return "sanad/key-bundle/v1\nnode " + node.text + "\n" + format_unsigned(bundle) + "\n";
}

// The value behind `field` at the start of `text`, up to the next comma; both are taken off.
std::string_view take_field(std::string_view& text, std::string_view field) {
    if (!text.starts_with(field)) return {};
    text.remove_prefix(field.size());
    const auto value = text.substr(0, text.find(','));
    text.remove_prefix(value.size());
    return value;
}

template <std::size_t N>
bool take_bytes(std::string_view& text, std::string_view field, std::array<std::uint8_t, N>& to) {
    const auto bytes = from_base64(take_field(text, field));
    if (!bytes || bytes->size() != N) return false;
    std::copy(bytes->begin(), bytes->end(), to.begin());
    return true;
}

}  // namespace

KeyBundle sign_key_bundle(const NodeId& node, const trust::SigningKey& identity,
                          const trust::PublicKey& signing, const trust::SealingPublicKey& sealing,
                          const trust::TransportPublicKey& transport, Time issued) {
    const Time second{issued.ms - issued.ms % 1000};
    KeyBundle bundle{identity.public_key(), signing, sealing, transport, second, {}};
    bundle.signature = identity.sign(bytes_of(signed_text(node, bundle)));
    return bundle;
}

std::string format(const KeyBundle& bundle) {
    return format_unsigned(bundle) + std::string(signature_field) + to_base64(bundle.signature);
}

Result<KeyBundle> parse_key_bundle(std::string_view text) {
    const auto bad = [] { return fail(Fault::malformed, "key bundle"); };
    if (text.size() > key_bundle_bytes_max) return bad();
    KeyBundle bundle;
    std::string_view rest = text;
    if (!take_bytes(rest, "identity:", bundle.identity) ||
        !take_bytes(rest, ",signing:", bundle.signing) ||
        !take_bytes(rest, ",sealing:", bundle.sealing.bytes) ||
        !take_bytes(rest, ",transport:", bundle.transport.bytes))
        return bad();
    const auto issued = parse_time(take_field(rest, ",issued:"));
    if (!issued || issued->ms % 1000 != 0) return bad();
    bundle.issued = *issued;
    if (!take_bytes(rest, signature_field, bundle.signature) || format(bundle) != text)
        return bad();
    return bundle;
}

Result<void> verify_key_bundle(const NodeId& node, const KeyBundle& bundle) {
    const std::set distinct{bundle.identity, bundle.signing, bundle.sealing.bytes,
                            bundle.transport.bytes};
    if (distinct.size() != 4)
        return fail(Fault::invalid, "keys of " + node.text + ": one key in two places");
    if (!trust::is_usable(bundle.identity) || !trust::is_usable(bundle.signing) ||
        !trust::is_usable(bundle.sealing) || !trust::is_usable(bundle.transport))
        return fail(Fault::invalid, "keys of " + node.text + ": weak key");
    if (!trust::verify(bundle.identity, bytes_of(signed_text(node, bundle)), bundle.signature))
        return fail(Fault::bad_signature, "keys of " + node.text);
    return {};
}

}  // namespace sanad::federation
