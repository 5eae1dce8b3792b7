// What all kernels share. A kernel is a plain function for one thread; callers divide its rows
// among threads. The kernels of a folder are a table of functions, with one instance per
// instruction set and one of references:
//
//   relu_kernels.hpp  struct ReluKernels { void (*forward)(...); ... };
//                     LACONIC_KERNELS(ReluKernels, relu)
//   relu_simd.cpp     the bodies; compiled once per instruction set. It ends with
//                     constinit const ReluKernels LACONIC_THIS_ISA(relu) = {.forward = forward};
//   relu_ref.cpp      constinit const ReluKernels relu_kernels_ref = {...}: slow and obvious
//   relu_check.cpp    calls of every kernel, for kernel_check.hpp
//   relu_cpu.cpp      uses relu_kernels(isa).forward(...)
//
// A *_simd.cpp file includes nothing but such headers and C headers. If it used an inline std
// function, this function would be compiled with AVX-512, and the linker could keep that copy for
// the whole program.
#pragma once

#include <cstdint>

#include "framework/base/isa.hpp"

namespace laconic::ops {

// The start of a row-major matrix; the shape is passed separately.
template <class T>
struct Strided {
  T* data;
  int64_t stride;
};

template <class Table>
struct KernelChecks;  // kernel_check.hpp

}  // namespace laconic::ops

// Declares the tables of `name`, name_kernels(isa), which returns one of them, and name_checks.
#if defined(__x86_64__)
#define LACONIC_KERNELS(Table, name)                                                  \
  extern const KernelChecks<Table> name##_checks;                                     \
  extern const Table name##_kernels_ref, name##_kernels_generic, name##_kernels_avx2, \
      name##_kernels_avx512;                                                          \
  inline const Table& name##_kernels(Isa isa) {                                       \
    if (isa == Isa::avx512) return name##_kernels_avx512;                             \
    return isa == Isa::avx2 ? name##_kernels_avx2 : name##_kernels_generic;           \
  }
#else
#define LACONIC_KERNELS(Table, name)                             \
  extern const KernelChecks<Table> name##_checks;                \
  extern const Table name##_kernels_ref, name##_kernels_generic; \
  inline const Table& name##_kernels(Isa) {                      \
    return name##_kernels_generic;                               \
  }
#endif

// Names the table of the instruction set that a *_simd.cpp file is compiled for.
#define LACONIC_JOIN(name, isa) name##_kernels_##isa
#define LACONIC_TABLE_OF(name, isa) LACONIC_JOIN(name, isa)
#define LACONIC_THIS_ISA(name) LACONIC_TABLE_OF(name, LACONIC_ISA)
