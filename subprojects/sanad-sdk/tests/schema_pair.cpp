// schema_pair RELEASED NEW: whether messages of the released schema and of the new one can be read
// by either side. Both files are what `capnp compile -o-` writes. Says what is wrong and ends
// with 1.
#include <capnp/schema-loader.h>
#include <capnp/schema.capnp.h>
#include <capnp/serialize.h>
#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <map>

namespace {

using capnp::schema::Node;

struct File {
    explicit File(const char* path)
        : message(kj::AutoCloseFd(::open(path, O_RDONLY | O_CLOEXEC))) {}
    capnp::schema::CodeGeneratorRequest::Reader request() {
        return message.getRoot<capnp::schema::CodeGeneratorRequest>();
    }
    capnp::StreamFdMessageReader message;
};

// Members by number: what a later version may add to and never take from.
unsigned members(Node::Reader node) {
    if (node.isStruct()) return node.getStruct().getFields().size();
    return node.isEnum() ? node.getEnum().getEnumerants().size() : 0;
}

// The loader takes an older version after a newer one for compatible: a schema that lost something
// must be found by hand.
int lost(capnp::schema::CodeGeneratorRequest::Reader released,
         capnp::schema::CodeGeneratorRequest::Reader now) {
    std::map<std::uint64_t, Node::Reader> known;
    for (const auto node : now.getNodes()) known.emplace(node.getId(), node);
    int count = 0;
    for (const auto node : released.getNodes()) {
        const auto found = known.find(node.getId());
        const bool kept = found != known.end() && found->second.which() == node.which() &&
                          members(found->second) >= members(node);
        if (kept) continue;
        std::cerr << node.getDisplayName().cStr() << ": is gone, or has lost a member\n";
        ++count;
    }
    return count;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return std::cerr << "schema_pair RELEASED NEW\n", 2;
    try {
        File released(argv[1]), now(argv[2]);
        capnp::SchemaLoader loader;
        for (const auto node : released.request().getNodes()) loader.load(node);
        for (const auto node : now.request().getNodes()) loader.load(node);
        return lost(released.request(), now.request()) == 0 ? 0 : 1;
    } catch (const kj::Exception& error) {
        std::cerr << error.getDescription().cStr() << "\n";
        return 1;
    }
}
