#include "core/node/courier_pages.h"
#include "tests/fuzz/target.h"
#include "tests/support/counter_entropy.h"

#include <algorithm>

// What somebody scanned must end in an Error or in the one file whose pages it was. The bytes are
// tried as the text, and as a file that goes onto pages: in any order they are the file, and with
// one wrong character they are not another one.
namespace {

using namespace sanad;
using namespace sanad::node;

std::string lines(const std::vector<std::string>& pages) {
    std::string text;
    for (const auto& page : pages) text += page + "\n";
    return text;
}

void check_text(ByteView bytes) {
    const auto text = text_of(bytes);
    const auto file = read_courier_pages(text);
    if (!file) {
        if (file.error().detail.empty()) __builtin_trap();
        return;
    }
    if (!is_courier_pages(bytes) && text.find('\0') == text.npos) __builtin_trap();
    const auto pages = write_courier_pages(*file);
    // All pages of a stranger may be as long as ours may be; then it is a little more than we write.
    if (pages && read_courier_pages(lines(*pages)) != *file) __builtin_trap();
    if (text.find(courier_mark(*file)) == text.npos) __builtin_trap();
}

void check_file(ByteView bytes) {
    auto pages = write_courier_pages(bytes);
    if (!pages) return;
    const Bytes file(bytes.begin(), bytes.end());
    test::CounterEntropy chance(bytes.size());
    for (std::size_t i = pages->size(); i > 1; --i)
        std::swap((*pages)[i - 1], (*pages)[chance.next() % i]);
    if (read_courier_pages(lines(*pages)) != file) __builtin_trap();
    auto& page = (*pages)[chance.next() % pages->size()];
    auto& character = page[chance.next() % page.size()];
    character = static_cast<char>(character ^ static_cast<char>(1U << chance.next() % 8));
    if (const auto other = read_courier_pages(lines(*pages)); other && *other != file)
        __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_text({data, size});
    check_file({data, size});
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    std::vector<Bytes> all;
    for (const std::size_t size : {100, 900, 2'000})
        all.push_back(seed(lines(write_courier_pages(Bytes(size, 7)).value())));
    return all;
}
