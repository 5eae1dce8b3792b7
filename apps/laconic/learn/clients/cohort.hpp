// The clients of a problem as the methods see them: who takes part in a round, what each computes on
// its own samples, and the mean of what they send. It counts the bytes that would travel if every
// client were a machine of its own.
//
// Lifetime: the federation, the exchange and the timer must outlive it.
#pragma once

#include "apps/laconic/learn/clients/draws.hpp"
#include "apps/laconic/learn/clients/star.hpp"
#include "apps/laconic/run/learner.hpp"
#include "models/federation.hpp"

namespace laconic {

template <class T>
class Cohort {
 public:
  // `at_once`: samples that the oracle takes in one call; 0: any number.
  Cohort(const Environment& environment, models::Federation<T>& federation, int64_t per_round,
         int64_t at_once = 0);

  // Announces calls of mean() or survey() with all clients.
  void allow_all() { most_ = clients(); }
  // Allocates memory for what was announced.
  void begin() { star_.allocate(most_, clients()); }
  int64_t most_vectors() const { return most_; }  // that rank 0 holds

  int64_t clients() const { return federation_.clients(); }
  int64_t per_round() const { return per_round_; }
  int64_t dimension() const { return federation_.dimension; }
  std::span<const int32_t> all() const { return all_; }
  bool hosts(int64_t client) const { return star_.hosts(client); }

  void start_round(int64_t round) { round_ = round; }
  std::span<const int32_t> drawn(uint32_t set = 0) { return draws_.clients(round_, set); }

  // Sets `gradient` to that of the client's f at x, as the mean over `count` of its samples (0: all).
  // Returns the mean of f. `first` is the number of samples that it has drawn before in this round.
  double gradient(int32_t client, std::span<const T> x, int64_t first, int64_t count,
                  std::span<T> gradient);
  double value(int32_t client, std::span<const T> x, int64_t first, int64_t count);

  // Sets `result` to the mean of what the clients produce, and returns their mean loss (star.hpp).
  // `vectors_down`: vectors of dimension() that each of them gets first.
  double mean(std::span<const int32_t> clients, const typename Star<T>::Produce& produce,
              std::span<T> result, int vectors_down, const char* purpose);

  // The same over all clients, for an evaluation. Its bytes are not those of clients.
  double survey(const typename Star<T>::Produce& produce, std::span<T> result) {
    return star_.mean(all_, round_, produce, result, "evaluate");
  }

  // Bytes to and from clients so far.
  int64_t& client_bytes() { return client_bytes_; }

 private:
  // visit(samples) for parts of them that the oracle takes.
  template <class Visit>
  double each_part(std::span<const int32_t> samples, Visit visit);

  models::Federation<T>& federation_;
  const int64_t per_round_, at_once_;
  ClientDraws draws_;
  Star<T> star_;
  std::vector<int32_t> all_;
  int64_t most_;  // clients per call
  int64_t round_ = 0, client_bytes_ = 0;
};

}  // namespace laconic
