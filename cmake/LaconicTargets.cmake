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

# Precompiled headers spare a third of the build's time, several sources in one translation unit another third. They
# are no reason to leave out an #include: builds with ccache, whose cache they would keep from working, are without.
set(by_itself OFF)
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache")
  set(by_itself ON)
endif()
set(CMAKE_DISABLE_PRECOMPILE_HEADERS ${by_itself} CACHE BOOL "Build without precompiled headers")
option(LACONIC_EACH_BY_ITSELF "Compile every source by itself: slower as a whole, faster after an edit" ${by_itself})

# laconic_light(TARGET): TARGET is compiled more often than it runs long: tests, and the code between the kernels.
set(light_options $<$<CONFIG:Release>:-O1>)
function(laconic_light target)
  target_compile_options(${target} PRIVATE ${light_options})
  if(NOT LACONIC_EACH_BY_ITSELF)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  endif()
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

# laconic_library(NAME [LIGHT] FOLDERS <dirs> LINK <targets>): a static library of every source in FOLDERS.
# Files named *_avx2.cpp and *_avx512.cpp get the flags of their instruction set; only run-time dispatch
# may call into them. The kernels see no header but their own.
function(laconic_library name)
  cmake_parse_arguments(arg "LIGHT" "" "FOLDERS;LINK" ${ARGN})
  set(sources)
  foreach(folder ${arg_FOLDERS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC laconic_flags ${arg_LINK})
  if(arg_LIGHT)
    laconic_light(${name})
    target_precompile_headers(${name} REUSE_FROM laconic_light_headers)
  else()
    target_precompile_headers(${name} REUSE_FROM laconic_headers)
  endif()
  set(kernels ${sources})
  list(FILTER kernels INCLUDE REGEX "_(generic|avx2|avx512)\\.cpp$")
  set_source_files_properties(${kernels} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    # These kernels are serial, and code with mask registers does not survive GCC 12's ThreadSanitizer.
    set(serial)
    if(LACONIC_SANITIZE MATCHES "thread")
      set(serial ";-fno-sanitize=thread")
    endif()
    foreach(source ${sources})
      if(source MATCHES "_avx512\\.cpp$")
        set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS
          "-march=x86-64-v4;-mprefer-vector-width=512;-ffp-contract=fast${serial}")
      elseif(source MATCHES "_avx2\\.cpp$")
        set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-march=x86-64-v3;-ffp-contract=fast${serial}")
      endif()
    endforeach()
  endif()
endfunction()
