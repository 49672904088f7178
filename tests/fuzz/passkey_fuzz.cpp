#include "core/trust/passkey.h"
#include "tests/fuzz/target.h"
#include "tests/support/authenticator.h"

// What a browser brings of a passkey. The input is client data behind its length (16 bits),
// authenticator data behind its length, and a signature; it is tried as a registration and as an
// answer to a challenge.
namespace {

using namespace sanad;
using namespace sanad::trust;
using support::Authenticator;

const RelyingParty party{"desk.example.org", {"https://desk.example.org"}};
const Bytes challenge(32, 7);

struct Brought {
    Bytes client_data, authenticator_data, signature;
};

Bytes written(const Brought& brought) {
    Bytes bytes;
    for (const auto* part : {&brought.client_data, &brought.authenticator_data}) {
        append_big_endian(bytes, static_cast<std::uint16_t>(part->size()));
        append(bytes, *part);
    }
    append(bytes, brought.signature);
    return bytes;
}

Bytes taken(ByteView& rest) {
    if (rest.size() < 2) return {};
    const std::size_t size =
        std::min<std::size_t>(read_big_endian<std::uint16_t>(rest), rest.size() - 2);
    const auto part = rest.subspan(2, size);
    rest = rest.subspan(2 + size);
    return {part.begin(), part.end()};
}

Brought read(ByteView bytes) {
    Brought brought;
    brought.client_data = taken(bytes);
    brought.authenticator_data = taken(bytes);
    brought.signature.assign(bytes.begin(), bytes.end());
    return brought;
}

// The same key in each run.
Authenticator& authenticator() {
    static Authenticator made(PasskeyAlgorithm::eddsa);
    return made;
}

Brought registration() {
    return {Authenticator::client_data("webauthn.create", challenge, party.origins.front()),
            authenticator().registration(party.id),
            {}};
}

const Brought& answer() {
    static const Brought made = [] {
        auto brought = authenticator().answer(party.id, party.origins.front(), challenge);
        return Brought{brought.client_data, brought.authenticator_data, brought.signature};
    }();
    return made;
}

const Passkey& kept() {
    static const Passkey passkey = [] {
        const auto brought = registration();
        auto made =
            register_passkey(party, challenge, brought.client_data, brought.authenticator_data);
        made->counter = 0;
        return *made;
    }();
    return passkey;
}

void check_registration(const Brought& brought) {
    const auto made =
        register_passkey(party, challenge, brought.client_data, brought.authenticator_data);
    if (!made) return;
    if (made->id.size() < passkey_id_bytes_min || made->id.size() > passkey_id_bytes_max ||
        made->key.empty())
        __builtin_trap();
}

// Only what was signed is an answer.
void check_answer(const Brought& brought) {
    const auto verified =
        verify_passkey(party, challenge, kept(),
                       {brought.client_data, brought.authenticator_data, brought.signature});
    if (verified && (brought.client_data != answer().client_data ||
                     brought.authenticator_data != answer().authenticator_data))
        __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Brought brought = read({data, size});
    check_registration(brought);
    check_answer(brought);
    return 0;
}

std::vector<Bytes> fuzz::seeds() { return {written(registration()), written(answer())}; }
