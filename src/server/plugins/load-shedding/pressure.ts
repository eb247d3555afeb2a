import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

/** How often the mean delay of the event loop and the memory of the process (RSS) are measured, in milliseconds. */
const sampleIntervalMs = 1000

/** For how long a measurement of the heap is used again, in milliseconds. */
const heapSampleMs = 10

/** How often the event loop should turn for the measurement of its delay, in milliseconds. */
const resolutionMs = 10

/** How busy the process is. Measuring never throws, also when the process may open no more files. */
export class Pressure {
  /**
   * How late the event loop is, in milliseconds: the lower of its mean delays in the last two intervals. A single pause, as when
   * another process has taken the processor, fills one interval, and is over when it is measured.
   */
  eventLoopDelayMs = 0
  rssBytes = 0
  #lastDelayMs = 0
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #timer: NodeJS.Timeout
  #heapShare = 0
  #heapSampledAt = Number.NEGATIVE_INFINITY

  constructor() {
    this.#histogram.enable()
    this.#timer = setInterval(() => this.#sample(), sampleIntervalMs).unref()
  }

  /**
   * Used share of the V8 heap, garbage included. It is measured on each call, because a few requests fill a small heap in
   * less than a second.
   */
  get heapShare(): number {
    const now = performance.now()
    if (now - this.#heapSampledAt > heapSampleMs) {
      const { used_heap_size, heap_size_limit } = getHeapStatistics()
      this.#heapShare = used_heap_size / heap_size_limit
      this.#heapSampledAt = now
    }
    return this.#heapShare
  }

  /** Forgets the delays up to now. */
  reset(): void {
    this.#lastDelayMs = 0
    this.eventLoopDelayMs = 0
    this.#histogram.reset()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#histogram.disable()
  }

  #sample(): void {
    const { mean } = this.#histogram
    // Without a single turn in an interval there is no mean.
    const delayMs = Number.isNaN(mean) ? Number.POSITIVE_INFINITY : mean / 1e6 - resolutionMs
    this.eventLoopDelayMs = Math.min(delayMs, this.#lastDelayMs)
    this.#lastDelayMs = delayMs
    this.#histogram.reset()
    try {
      this.rssBytes = process.memoryUsage.rss()
    } catch {
      // It reads a file, which fails when no descriptor is left: the earlier value counts.
    }
  }
}
