// Uses Boost's switch between two stacks (fcontext), not its class fiber. That class runs its own
// code right before and after a switch, and the sanitizers attribute it to the wrong stack.
#include "comm/model/fiber.hpp"

#include <cxxabi.h>

#include <boost/context/detail/fcontext.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstring>
#include <utility>

#include "framework/base/error.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace laconic::comm {
namespace {

namespace context = boost::context::detail;

constexpr size_t stack_bytes = 256 * 1024;  // of address space; only touched pages need memory

// The exceptions that are caught or in flight. The C++ run-time keeps them per thread: a pointer
// and a count, by the Itanium ABI.
struct ExceptionState {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};

void swap_exception_state(ExceptionState& other) {
  void* const current = abi::__cxa_get_globals();
  ExceptionState mine;
  std::memcpy(&mine, current, sizeof mine);
  std::memcpy(current, &other, sizeof other);
  other = mine;
}

// One side of a switch, for the sanitizers.
class Side {
 public:
#if defined(__SANITIZE_ADDRESS__)
  void is_stack(const boost::context::stack_context& stack) {
    bottom_ = static_cast<char*>(stack.sp) - stack.size;
    bytes_ = stack.size;
  }
  void before_leaving_for(const Side& other, bool forever) {
    __sanitizer_start_switch_fiber(forever ? nullptr : &fake_stack_, other.bottom_, other.bytes_);
  }
  void after_arriving_from(Side& other) {
    __sanitizer_finish_switch_fiber(fake_stack_, &other.bottom_, &other.bytes_);
  }

 private:
  void* fake_stack_ = nullptr;
  const void* bottom_ = nullptr;
  size_t bytes_ = 0;
#elif defined(__SANITIZE_THREAD__)
  ~Side() {
    if (created_) __tsan_destroy_fiber(fiber_);
  }
  void is_stack(const boost::context::stack_context&) {
    fiber_ = __tsan_create_fiber(0);
    created_ = true;
  }
  void before_leaving_for(const Side& other, bool) {
    if (!created_) fiber_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(other.fiber_, 0);
  }
  void after_arriving_from(Side&) {}

 private:
  void* fiber_ = nullptr;
  bool created_ = false;
#else
  void is_stack(const boost::context::stack_context&) {}
  void before_leaving_for(const Side&, bool) {}
  void after_arriving_from(Side&) {}
#endif
};

}  // namespace

struct Fiber::Impl {
  explicit Impl(std::function<void()> f) : function(std::move(f)), stack(allocator.allocate()) {
    inside = context::make_fcontext(stack.sp, stack.size, [](context::transfer_t from) noexcept {
      auto* self = static_cast<Impl*>(from.data);
      self->outside = from.fctx;
      self->run();
    });
    mine.is_stack(stack);
  }
  ~Impl() { allocator.deallocate(stack); }

  void run() {
    mine.after_arriving_from(theirs);
    function();
    ended = true;
    mine.before_leaving_for(theirs, true);
    context::jump_fcontext(outside, nullptr);  // never returns
  }

  void resume() {
    LACONIC_CHECK(!ended);
    swap_exception_state(exceptions);
    theirs.before_leaving_for(mine, false);
    inside = context::jump_fcontext(inside, this).fctx;
    theirs.after_arriving_from(mine);
    swap_exception_state(exceptions);
  }

  void pause() {
    mine.before_leaving_for(theirs, false);
    outside = context::jump_fcontext(outside, nullptr).fctx;
    mine.after_arriving_from(theirs);
  }

  const std::function<void()> function;
  boost::context::protected_fixedsize_stack allocator{stack_bytes};
  boost::context::stack_context stack;
  context::fcontext_t inside = nullptr;   // while it is paused
  context::fcontext_t outside = nullptr;  // while it runs
  Side mine;
  Side theirs;
  ExceptionState exceptions;  // of the side that does not run
  bool ended = false;
};

Fiber::Fiber(std::function<void()> function) : impl_(std::make_unique<Impl>(std::move(function))) {}
Fiber::~Fiber() = default;

void Fiber::resume() {
  impl_->resume();
}
void Fiber::pause() {
  impl_->pause();
}
bool Fiber::ended() const {
  return impl_->ended;
}

}  // namespace laconic::comm
