// A flat array whose length is declared first and whose memory is allocated later. So a run can
// list its state, and count its bytes, before it allocates any memory.
//
// Ownership: owns its memory. Moving the buffer does not move the memory.
// Alignment: 64 bytes. Host memory only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

#include "framework/base/error.hpp"

namespace laconic::device {

template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  explicit Buffer(int64_t count) : count_(count) { LACONIC_CHECK(count >= 0); }

  // Allocates the memory and fills it with zeros. Does nothing if it is allocated already.
  void allocate() {
    if (is_allocated()) return;
    const size_t room = (static_cast<size_t>(bytes()) + alignment - 1) / alignment * alignment;
    memory_.reset(static_cast<T*>(std::aligned_alloc(alignment, room)));
    if (!memory_) throw std::bad_alloc();
    std::memset(memory_.get(), 0, room);
  }
  bool is_allocated() const { return memory_ != nullptr || count_ == 0; }

  int64_t size() const { return count_; }  // elements, with or without memory
  int64_t bytes() const { return count_ * static_cast<int64_t>(sizeof(T)); }

  // Returns all elements. The memory must be allocated.
  std::span<T> span() {
    LACONIC_CHECK(is_allocated(), "a buffer of {} elements has no memory yet", count_);
    return {memory_.get(), static_cast<size_t>(count_)};
  }
  std::span<const T> span() const { return const_cast<Buffer*>(this)->span(); }
  operator std::span<T>() { return span(); }
  operator std::span<const T>() const { return span(); }

 private:
  static constexpr size_t alignment = 64;
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };

  int64_t count_ = 0;
  std::unique_ptr<T, Free> memory_;
};

}  // namespace laconic::device
