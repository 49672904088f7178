#include "core/trust/passkey.h"

#include "core/base/base64url.h"
#include "core/trust/hash.h"
#include "core/trust/secret.h"

#include <capnp/compat/json.h>
#include <capnp/message.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

namespace sanad::trust {
namespace {

// Authenticator data: SHA-256 of the relying party's id · flags · counter, big-endian · and more.
constexpr std::size_t head_bytes = 32 + 1 + 4;
constexpr std::uint8_t user_present = 0x01;
constexpr std::uint8_t user_verified = 0x04;
constexpr std::uint8_t has_credential = 0x40;
constexpr std::uint8_t has_extensions = 0x80;
constexpr int cbor_nesting_max = 4;

template <typename Type, void (*release)(Type**)>
struct Release {
    void operator()(Type* pointer) const { release(&pointer); }
};
using Credential = std::unique_ptr<fido_cred_t, Release<fido_cred_t, fido_cred_free>>;
using Assertion = std::unique_ptr<fido_assert_t, Release<fido_assert_t, fido_assert_free>>;
using Es256 = std::unique_ptr<es256_pk_t, Release<es256_pk_t, es256_pk_free>>;
using Eddsa = std::unique_ptr<eddsa_pk_t, Release<eddsa_pk_t, eddsa_pk_free>>;
using Rs256 = std::unique_ptr<rs256_pk_t, Release<rs256_pk_t, rs256_pk_free>>;
using PublicKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// The bytes of the one CBOR item at the beginning. libcbor makes room for as many members as an
// item claims to have, so a claim that the bytes cannot keep must not reach it; and CTAP2 knows no
// indefinite lengths, tags or floating point numbers.
std::optional<std::size_t> cbor_item_bytes(ByteView bytes, int nesting) {
    if (bytes.empty() || nesting > cbor_nesting_max) return std::nullopt;
    const int major = bytes[0] >> 5;
    const int additional = bytes[0] & 31;
    if (additional > 27 || major == 6 || (major == 7 && additional > 23)) return std::nullopt;
    std::size_t used = 1;
    std::uint64_t count = std::uint64_t(additional);
    if (additional >= 24) {
        const std::size_t width = std::size_t{1} << (additional - 24);
        if (bytes.size() < 1 + width) return std::nullopt;
        count = 0;
        for (std::size_t i = 0; i < width; ++i) count = count << 8 | bytes[1 + i];
        used += width;
    }
    if (major == 0 || major == 1 || major == 7) return used;
    if (count > bytes.size()) return std::nullopt;
    if (major == 2 || major == 3) {
        used += count;
        return used <= bytes.size() ? std::optional(used) : std::nullopt;
    }
    for (std::uint64_t left = major == 5 ? 2 * count : count; left > 0; --left) {
        const auto item = cbor_item_bytes(bytes.subspan(used), nesting + 1);
        if (!item) return std::nullopt;
        used += *item;
    }
    return used;
}

struct ClientData {
    std::string type, challenge, origin;
    bool cross_origin = false;
};

std::string text_in(capnp::JsonValue::Reader value) {
    return value.isString() ? std::string(value.getString().cStr(), value.getString().size())
                            : std::string();
}

Result<ClientData> parse_client_data(ByteView bytes) {
    if (bytes.empty() || bytes.size() > client_data_bytes_max)
        return fail(Fault::bad_size, "client data");
    ClientData data;
    try {
        const capnp::JsonCodec codec;
        capnp::MallocMessageBuilder message;
        auto root = message.initRoot<capnp::JsonValue>();
        const std::string_view text = text_of(bytes);
        codec.decodeRaw(kj::ArrayPtr<const char>(text.data(), text.size()), root);
        if (!root.isObject()) return fail(Fault::malformed, "client data");
        std::vector<std::string> names;
        for (const auto field : root.asReader().getObject()) {
            const std::string name(field.getName().cStr(), field.getName().size());
            if (std::ranges::find(names, name) != names.end())
                return fail(Fault::malformed, "client data: a name stands there twice");
            names.push_back(name);
            const auto value = field.getValue();
            if (name == "type") data.type = text_in(value);
            if (name == "challenge") data.challenge = text_in(value);
            if (name == "origin") data.origin = text_in(value);
            // Anything but a plain "no": the page was inside another one.
            if (name == "crossOrigin") data.cross_origin = !value.isBoolean() || value.getBoolean();
            if (name == "topOrigin") data.cross_origin = true;
        }
    } catch (const kj::Exception&) {
        return fail(Fault::malformed, "client data");
    }
    return data;
}

Result<void> check_client_data(const RelyingParty& party, std::string_view type, ByteView challenge,
                               ByteView bytes) {
    const auto data = parse_client_data(bytes);
    if (!data) return std::unexpected(data.error());
    if (data->type != type) return fail(Fault::malformed, "client data: type");
    const auto answered = from_base64url(data->challenge);
    if (!answered || challenge.empty() || !equal_in_constant_time(*answered, challenge))
        return fail(Fault::untrusted, "client data: challenge");
    if (data->cross_origin || std::ranges::find(party.origins, data->origin) == party.origins.end())
        return fail(Fault::untrusted, "client data: origin");
    return {};
}

Result<void> check_head(const RelyingParty& party, ByteView data) {
    if (data.size() < head_bytes || data.size() > authenticator_data_bytes_max)
        return fail(Fault::bad_size, "authenticator data");
    const Digest expected = sha256(bytes_of(party.id));
    if (party.id.empty() || !std::ranges::equal(data.first(expected.size()), expected))
        return fail(Fault::untrusted, "relying party");
    const std::uint8_t flags = data[32];
    if ((flags & user_present) == 0 || (flags & user_verified) == 0)
        return fail(Fault::denied, "user_not_verified");
    return {};
}

// What stands behind the head: nothing that was not announced, and nothing after its end.
Result<void> check_rest(ByteView data, bool credential) {
    const std::uint8_t flags = data[32];
    if (((flags & has_credential) != 0) != credential)
        return fail(Fault::malformed, "authenticator data: flags");
    ByteView rest = data.subspan(head_bytes);
    if (credential) {
        if (rest.size() < 18) return fail(Fault::malformed, "credential");
        const std::size_t id_bytes = read_big_endian<std::uint16_t>(rest.subspan(16));
        if (id_bytes < passkey_id_bytes_min || id_bytes > passkey_id_bytes_max)
            return fail(Fault::bad_size, "credential id");
        if (rest.size() < 18 + id_bytes) return fail(Fault::malformed, "credential");
        rest = rest.subspan(18 + id_bytes);
        const auto key = cbor_item_bytes(rest, 0);
        if (!key) return fail(Fault::malformed, "credential key");
        rest = rest.subspan(*key);
    }
    if ((flags & has_extensions) != 0) {
        const auto extensions = cbor_item_bytes(rest, 0);
        if (!extensions) return fail(Fault::malformed, "extensions");
        rest = rest.subspan(*extensions);
    }
    if (!rest.empty()) return fail(Fault::malformed, "authenticator data: bytes after its end");
    return {};
}

int cose(PasskeyAlgorithm algorithm) { return static_cast<int>(algorithm); }

/// A public key as libfido2 wants it; whether OpenSSL takes it, too: a point that is not on the
/// curve is none.
class Key {
public:
    explicit Key(const Passkey& passkey) {
        const void* bytes = passkey.key.data();
        const std::size_t size = passkey.key.size();
        PublicKey opened(nullptr, &EVP_PKEY_free);
        switch (passkey.algorithm) {
            case PasskeyAlgorithm::es256:
                es256_.reset(es256_pk_new());
                if (es256_ && size == 64 && es256_pk_from_ptr(es256_.get(), bytes, size) == FIDO_OK)
                    opened.reset(es256_pk_to_EVP_PKEY(es256_.get()));
                pointer_ = es256_.get();
                break;
            case PasskeyAlgorithm::eddsa:
                eddsa_.reset(eddsa_pk_new());
                if (eddsa_ && size == 32 && eddsa_pk_from_ptr(eddsa_.get(), bytes, size) == FIDO_OK)
                    opened.reset(eddsa_pk_to_EVP_PKEY(eddsa_.get()));
                pointer_ = eddsa_.get();
                break;
            case PasskeyAlgorithm::rs256:
                rs256_.reset(rs256_pk_new());
                if (rs256_ && rs256_pk_from_ptr(rs256_.get(), bytes, size) == FIDO_OK)
                    opened.reset(rs256_pk_to_EVP_PKEY(rs256_.get()));
                pointer_ = rs256_.get();
                break;
        }
        if (!opened) pointer_ = nullptr;
    }

    /// None: it is no key.
    const void* pointer() const { return pointer_; }

private:
    Es256 es256_;
    Eddsa eddsa_;
    Rs256 rs256_;
    const void* pointer_ = nullptr;
};

std::optional<Passkey> credential_in(ByteView data, PasskeyAlgorithm algorithm) {
    const Credential credential(fido_cred_new());
    if (!credential || fido_cred_set_type(credential.get(), cose(algorithm)) != FIDO_OK ||
        fido_cred_set_authdata_raw(credential.get(), data.data(), data.size()) != FIDO_OK)
        return std::nullopt;
    const auto* id = fido_cred_id_ptr(credential.get());
    const auto* key = fido_cred_pubkey_ptr(credential.get());
    if (id == nullptr || key == nullptr) return std::nullopt;
    Passkey passkey{Bytes(id, id + fido_cred_id_len(credential.get())), algorithm,
                    Bytes(key, key + fido_cred_pubkey_len(credential.get())),
                    fido_cred_sigcount(credential.get())};
    if (Key(passkey).pointer() == nullptr) return std::nullopt;
    return passkey;
}

}  // namespace

Result<Passkey> register_passkey(const RelyingParty& party, ByteView challenge,
                                 ByteView client_data, ByteView authenticator_data) {
    if (const auto sound = check_client_data(party, "webauthn.create", challenge, client_data);
        !sound)
        return std::unexpected(sound.error());
    if (const auto sound = check_head(party, authenticator_data); !sound)
        return std::unexpected(sound.error());
    if (const auto sound = check_rest(authenticator_data, true); !sound)
        return std::unexpected(sound.error());
    using enum PasskeyAlgorithm;
    // libfido2 has to be told which kind of key to expect.
    for (const auto algorithm : {es256, eddsa, rs256})
        if (auto passkey = credential_in(authenticator_data, algorithm)) return std::move(*passkey);
    return fail(Fault::unsupported, "credential key");
}

Result<std::uint32_t> verify_passkey(const RelyingParty& party, ByteView challenge,
                                     const Passkey& passkey, const PasskeyAnswer& answer) {
    const ByteView data = answer.authenticator_data;
    if (const auto sound = check_client_data(party, "webauthn.get", challenge, answer.client_data);
        !sound)
        return std::unexpected(sound.error());
    if (const auto sound = check_head(party, data); !sound) return std::unexpected(sound.error());
    if (const auto sound = check_rest(data, false); !sound) return std::unexpected(sound.error());
    if (answer.signature.empty() || answer.signature.size() > passkey_signature_bytes_max)
        return fail(Fault::bad_size, "signature");
    const Key key(passkey);
    if (key.pointer() == nullptr) return fail(Fault::malformed, "kept passkey");
    const Digest client_hash = sha256(answer.client_data);
    const Assertion assertion(fido_assert_new());
    fido_assert_t* const made = assertion.get();
    const bool holds =
        made != nullptr &&
        fido_assert_set_clientdata_hash(made, client_hash.data(), client_hash.size()) == FIDO_OK &&
        fido_assert_set_rp(made, party.id.c_str()) == FIDO_OK &&
        fido_assert_set_count(made, 1) == FIDO_OK &&
        fido_assert_set_up(made, FIDO_OPT_TRUE) == FIDO_OK &&
        fido_assert_set_uv(made, FIDO_OPT_TRUE) == FIDO_OK &&
        fido_assert_set_authdata_raw(made, 0, data.data(), data.size()) == FIDO_OK &&
        fido_assert_set_sig(made, 0, answer.signature.data(), answer.signature.size()) == FIDO_OK &&
        fido_assert_verify(made, 0, cose(passkey.algorithm), key.pointer()) == FIDO_OK;
    if (!holds) return fail(Fault::bad_signature, "passkey");
    const std::uint32_t counter = fido_assert_sigcount(made, 0);
    if ((counter != 0 || passkey.counter != 0) && counter <= passkey.counter)
        return fail(Fault::conflict, "passkey_counter");
    return counter;
}

}  // namespace sanad::trust
