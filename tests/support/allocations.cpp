#include "tests/support/allocations.h"

#include <cstdlib>
#include <new>

namespace sanad::test {
namespace {

thread_local std::uint64_t allocated = 0;

}  // namespace

std::uint64_t allocated_bytes() { return allocated; }

}  // namespace sanad::test

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

void* operator new(std::size_t size) {
    sanad::test::allocated += size;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    sanad::test::allocated += size;
    return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

#else

// glibc's own, under the names that stay when a program brings a malloc.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) {
    sanad::test::allocated += size;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    sanad::test::allocated += count * size;
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
    sanad::test::allocated += size;
    return __libc_realloc(memory, size);
}
}

#endif
