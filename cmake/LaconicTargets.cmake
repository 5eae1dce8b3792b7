# What every target of the project shares: the language, the warnings, the sanitizers, precompiled headers, and
# the flags of the kernels that are compiled once per instruction set.

include(GNUInstallDirs)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

option(LACONIC_WERROR "Treat warnings as errors" OFF)
# Ranks compare their executables by it.
add_link_options(LINKER:--build-id=sha1)
set(LACONIC_SANITIZE "" CACHE STRING "Comma-separated sanitizers, e.g. address,undefined")

add_library(laconic_flags INTERFACE)
target_include_directories(laconic_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(laconic_flags INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-unknown-pragmas
  # The same source gives the same bits: no contraction that depends on the optimiser's mood.
  -ffp-contract=off
  $<$<BOOL:${LACONIC_WERROR}>:-Werror>)
if(LACONIC_SANITIZE)
  target_compile_options(laconic_flags INTERFACE -fsanitize=${LACONIC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(laconic_flags INTERFACE -fsanitize=${LACONIC_SANITIZE})
endif()

# Precompiled headers spare a third of the build's time. They are no reason to leave out an #include: builds with ccache,
# whose cache they would keep from working, are without, and the target `headers` compiles each header alone.
set(without_precompiled OFF)
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache")
  set(without_precompiled ON)
endif()
set(CMAKE_DISABLE_PRECOMPILE_HEADERS ${without_precompiled} CACHE BOOL "Build without precompiled headers")

# A plain build is optimised as CMAKE_BUILD_TYPE and CMAKE_CXX_FLAGS demand, everywhere. LACONIC_LIGHT=-O0 or -O1 builds
# sooner: 24 sources of a target in one translation unit, and with this option the targets named by laconic_light(TARGET), which
# are compiled more often than they run long. They are the tests, and the code between the kernels.
set(LACONIC_LIGHT "" CACHE STRING "Build sooner: -O0 or -O1 outside the kernels and the exchange")
set(light_options ${LACONIC_LIGHT})
function(laconic_together target)
  if(LACONIC_LIGHT)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
  endif()
endfunction()
function(laconic_light target)
  target_compile_options(${target} PRIVATE ${light_options})
  laconic_together(${target})
endfunction()

# laconic_precompile(NAME HEADERS <headers> [OPTIONS <options>] LINK <targets>): compiles HEADERS once, for every target
# that says target_precompile_headers(TARGET REUSE_FROM NAME) and has OPTIONS and the options of laconic_flags and LINK.
function(laconic_precompile name)
  cmake_parse_arguments(arg "" "" "HEADERS;OPTIONS;LINK" ${ARGN})
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE laconic_flags ${arg_LINK})
  target_compile_options(${name} PRIVATE ${arg_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

# The instruction sets of kernels, and their flags. Kernels are serial, and code with mask registers does not survive GCC
# 12's ThreadSanitizer. They see no header but their own.
add_library(laconic_isa_generic INTERFACE)
set(isas generic)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND isas avx2 avx512)
  add_library(laconic_isa_avx2 INTERFACE)
  target_compile_options(laconic_isa_avx2 INTERFACE -march=x86-64-v3 -ffp-contract=fast)
  add_library(laconic_isa_avx512 INTERFACE)
  target_compile_options(laconic_isa_avx512 INTERFACE -march=x86-64-v4 -mprefer-vector-width=512 -ffp-contract=fast)
  if(LACONIC_SANITIZE MATCHES "thread")
    target_compile_options(laconic_isa_avx2 INTERFACE -fno-sanitize=thread)
    target_compile_options(laconic_isa_avx512 INTERFACE -fno-sanitize=thread)
  endif()
endif()

# laconic_library(NAME [LIGHT [EXCEPT <regex>]] FOLDERS <dirs> LINK <targets>): a static library of every source in FOLDERS.
# If it is LIGHT, sources whose path matches EXCEPT are not. Files named *_simd.cpp are compiled once per instruction set,
# with LACONIC_ISA as its name; only run-time dispatch calls them.
function(laconic_library name)
  cmake_parse_arguments(arg "LIGHT" "EXCEPT" "FOLDERS;LINK" ${ARGN})
  set(sources)
  foreach(folder ${arg_FOLDERS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  set(kernels ${sources})
  list(FILTER kernels INCLUDE REGEX "_simd\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_simd\\.cpp$")
  if(arg_EXCEPT)
    set(full ${sources})
    list(FILTER full INCLUDE REGEX ${arg_EXCEPT})
    list(FILTER sources EXCLUDE REGEX ${arg_EXCEPT})
    add_library(${name}_full OBJECT ${full})
    target_link_libraries(${name}_full PRIVATE laconic_flags ${arg_LINK})
    laconic_together(${name}_full)
    target_precompile_headers(${name}_full REUSE_FROM laconic_headers)
    list(APPEND sources $<TARGET_OBJECTS:${name}_full>)
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC laconic_flags ${arg_LINK})
  if(arg_LIGHT)
    laconic_light(${name})
    target_precompile_headers(${name} REUSE_FROM laconic_light_headers)
  else()
    laconic_together(${name})
    target_precompile_headers(${name} REUSE_FROM laconic_headers)
  endif()
  if(kernels)
    foreach(isa ${isas})
      add_library(${name}_${isa} OBJECT ${kernels})
      target_link_libraries(${name}_${isa} PRIVATE laconic_flags laconic_isa_${isa})  # its flags come last
      target_compile_definitions(${name}_${isa} PRIVATE LACONIC_ISA=${isa})
      target_sources(${name} PRIVATE $<TARGET_OBJECTS:${name}_${isa}>)
    endforeach()
  endif()
endfunction()

# laconic_headers_alone(LINK <targets>): the target `headers`, which compiles every header by itself.
function(laconic_headers_alone)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  set(folders framework comm data models apps tests)
  list(TRANSFORM folders REPLACE "(.+)" "${CMAKE_SOURCE_DIR}/\\1/*.hpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${folders})
  set(sources)
  foreach(header ${headers})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/headers/${header}.cpp CONTENT "#include \"${header}\"\n")
    list(APPEND sources ${CMAKE_BINARY_DIR}/headers/${header}.cpp)
  endforeach()
  add_library(headers OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(headers PRIVATE laconic_flags ${arg_LINK})
  # Only their syntax counts; what only *_simd.cpp files include is not used here.
  target_compile_options(headers PRIVATE -O0 -Wno-unused-function)
endfunction()
