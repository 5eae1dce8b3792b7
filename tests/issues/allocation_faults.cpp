// A library to preload. It makes allocations of laconic's own code fail, as if memory had run out.
// Allocations of other libraries do not fail.
//
//   LACONIC_ALLOCATION_FAULTS="FIRST COUNT [RANK]"
//
// FIRST  the first allocation that fails, counted from 1; 0 only counts
// COUNT  number of allocations that fail from there on; 0: all
// RANK   only in this rank of an MPI run (OMPI_COMM_WORLD_RANK)
//
// LACONIC_ALLOCATION_FAULTS_LOG names a file. When the process ends, the library writes the number
// of allocations to it.
#include <link.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

struct Fault {
  long first = 0, count = 1;
  bool active = false;
  uintptr_t begin = 0, end = 0;  // the executable's code
};

int find_executable(dl_phdr_info* object, size_t, void* result) {
  auto& fault = *static_cast<Fault*>(result);
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    fault.begin = object->dlpi_addr + segment.p_vaddr;
    fault.end = fault.begin + segment.p_memsz;
  }
  return 1;  // the executable is the first object
}

Fault read_fault() {
  Fault fault;
  int rank = -1;
  const char* text = getenv("LACONIC_ALLOCATION_FAULTS");
  if (text == nullptr || sscanf(text, "%ld %ld %d", &fault.first, &fault.count, &rank) < 2)
    return fault;
  const char* mine = getenv("OMPI_COMM_WORLD_RANK");
  fault.active = rank < 0 || (mine != nullptr && atoi(mine) == rank);
  dl_iterate_phdr(find_executable, &fault);
  return fault;
}

const Fault fault = read_fault();
std::atomic<long> counted{0};

struct Report {
  ~Report() {
    const char* log = getenv("LACONIC_ALLOCATION_FAULTS_LOG");
    FILE* file = counted > 0 && log != nullptr ? fopen(log, "w") : nullptr;
    if (file == nullptr) return;
    fprintf(file, "%ld\n", counted.load());
    fclose(file);
  }
} report;

bool fails(const void* caller) {
  const auto at = reinterpret_cast<uintptr_t>(caller);
  if (!fault.active || at < fault.begin || at >= fault.end) return false;
  const long number = ++counted;
  return fault.first > 0 && number >= fault.first &&
         (fault.count == 0 || number < fault.first + fault.count);
}

void* allocate(size_t bytes, size_t alignment, const void* caller) {
  void* memory = nullptr;
  if (!fails(caller))
    memory = alignment == 0
                 ? malloc(bytes)
                 : aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t bytes) {
  return allocate(bytes, 0, __builtin_return_address(0));
}
void* operator new[](size_t bytes) {
  return allocate(bytes, 0, __builtin_return_address(0));
}
void* operator new(size_t bytes, std::align_val_t a) {
  return allocate(bytes, static_cast<size_t>(a), __builtin_return_address(0));
}
void* operator new[](size_t bytes, std::align_val_t a) {
  return allocate(bytes, static_cast<size_t>(a), __builtin_return_address(0));
}
void operator delete(void* memory) noexcept {
  free(memory);
}
void operator delete[](void* memory) noexcept {
  free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  free(memory);
}
void operator delete[](void* memory, size_t) noexcept {
  free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  free(memory);
}
void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  free(memory);
}
void operator delete[](void* memory, size_t, std::align_val_t) noexcept {
  free(memory);
}
