import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

/** How often the mean delay of the event loop and the memory of the process (RSS) are measured, in milliseconds. */
const sampleIntervalMs = 1000

/** How long a measurement of the heap is reused, in milliseconds. */
const heapSampleMs = 10

/** Interval of the timer that measures the delay of the event loop, in milliseconds. */
const resolutionMs = 10

/** Measures the load of the process. Measuring never throws, even if the process has no free file descriptors. */
export class Pressure {
  /**
   * Delay of the event loop, in milliseconds: the lower of its mean delays in the last two intervals of `sampleIntervalMs`. So a
   * single pause, such as one in which another process uses the processor, does not count.
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
   * Used share of V8's heap limit, including garbage. It is measured when it is read, but not again within 10 ms. Measuring it
   * every second would not suffice, because a few requests fill a small heap in less time.
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

  /** Discards the delays up to now. */
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
    // There is no mean if the event loop did not run in the interval.
    const delayMs = Number.isNaN(mean) ? Number.POSITIVE_INFINITY : mean / 1e6 - resolutionMs
    this.eventLoopDelayMs = Math.min(delayMs, this.#lastDelayMs)
    this.#lastDelayMs = delayMs
    this.#histogram.reset()
    try {
      this.rssBytes = process.memoryUsage.rss()
    } catch {
      // Reading fails if no file descriptor is free. The previous value is used.
    }
  }
}
