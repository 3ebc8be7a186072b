# Sidekiq as a child of the benchmark: the same lines on standard input and output as the Java children.
# Arguments: role, name, host, port. Sidekiq 7 and newer run embedded, older ones by the launcher of their command line.
require 'logger'
require 'sidekiq'
require 'sidekiq/api'
require 'sidekiq/fetch'

Redis.silence_deprecations = true if defined?(Redis) && Redis.respond_to?(:silence_deprecations=)

ROLE, SELF_NAME, HOST, PORT = ARGV
CONCURRENCY = 10
BLOCKED_SECONDS = 2.5
TEXT = 'a small letter to nobody that is as long as most job payloads are'.freeze
OUT = $stdout.dup
$stdout.reopen($stderr)
EMBEDS = Gem::Version.new(Sidekiq::VERSION) >= Gem::Version.new('7.0')

def nanos
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
end

def say(word, values = {})
  OUT.puts('bench> ' + word + values.map { |key, value| " #{key}=#{value}" }.join)
  OUT.flush
end

# What the handlers of this process see.
module Meter
  LOCK = Mutex.new
  class << self
    attr_accessor :paused

    def zero
      LOCK.synchronize do
        @ran = 0
        @last = 0
        @latencies = []
      end
    end

    def run(due)
      now = nanos
      LOCK.synchronize do
        @latencies << now - due if due.positive?
        @ran += 1
        @last = now
      end
    end

    def count
      LOCK.synchronize { { ran: @ran, settled: @ran, last: @last } }
    end

    def report
      sorted = LOCK.synchronize { @latencies.sort }
      at = ->(part) { sorted.empty? ? 0 : sorted[[sorted.size - 1, (part * sorted.size).floor].min] }
      count.merge(held: 0, lastHeld: 0, timed: sorted.size, p50: at[0.5], p99: at[0.99], max: at[1])
    end
  end
end

class Bench
  include(defined?(Sidekiq::Job) ? Sidekiq::Job : Sidekiq::Worker)
  sidekiq_options queue: 'bench', retry: false

  def perform(due, _hold, _text)
    Meter.run(due)
  end
end

# Fetches nothing while paused.
class PausableFetch < Sidekiq::BasicFetch
  def retrieve_work
    return super unless Meter.paused

    sleep 0.02
    nil
  end
end

def settings
  { url: "redis://#{HOST}:#{PORT}", size: 60 }
end

class Producer
  def initialize
    Sidekiq.configure_client { |config| config.redis = settings }
  end

  def push(due = 0)
    Bench.perform_async(due, '', TEXT)
  end

  def bulk_of(count, due = 0)
    Sidekiq::Client.push_bulk('class' => Bench, 'args' => Array.new(count) { [due, '', TEXT] })
  end

  def pushed(count, began)
    took = nanos - began
    { count: count, nanos: took, perSecond: count * 1e9 / took }
  end

  def one(millis)
    began = nanos
    count = 0
    while nanos < began + millis.to_i * 1_000_000
      push
      count += 1
    end
    pushed(count, began)
  end

  def callers(millis, callers)
    began = nanos
    counts = Array.new(callers.to_i) do
      Thread.new do
        count = 0
        while nanos < began + millis.to_i * 1_000_000
          push
          count += 1
        end
        count
      end
    end.map(&:value)
    pushed(counts.sum, began)
  end

  def bulk(millis, most, chunk)
    began = nanos
    count = 0
    while count < most.to_i && (millis.to_i.zero? || nanos < began + millis.to_i * 1_000_000)
      size = [chunk.to_i, most.to_i - count].min
      bulk_of(size)
      count += size
    end
    pushed(count, began)
  end

  def rate(per_second, millis)
    began = nanos
    rate = per_second.to_i
    total = rate * millis.to_i / 1000
    sent = 0
    tick = 0
    pushing = []
    while sent < total
      single = rate <= 500
      due = single ? began + sent * 1_000_000_000 / rate : began + (tick += 1) * 5_000_000
      wait = due - nanos
      sleep(wait / 1e9) if wait.positive?
      goal = single ? sent + 1 : [total, rate * tick * 5 / 1000].min
      if single
        pushing << Thread.new(due) { |moment| push(moment) }
      elsif goal > sent
        bulk_of(goal - sent, due)
      end
      sent = goal
    end
    pushing.each(&:join)
    pushed(sent, began)
  end

  def left
    { left: Sidekiq::Queue.new('bench').size }
  end
end

class Worker
  def initialize
    Meter.paused = true
    Meter.zero
    EMBEDS ? embed : launch
  end

  def pause
    Meter.paused = true
    sleep BLOCKED_SECONDS
    {}
  end

  def resume
    now = nanos
    Meter.paused = false
    { nanos: now }
  end

  def zero
    Meter.zero
    {}
  end

  def count
    Meter.count
  end

  def report
    Meter.report
  end

  private

  def embed
    Sidekiq.configure_embed do |config|
      config.redis = settings
      config.queues = ['bench']
      config.concurrency = CONCURRENCY
      config.logger = Logger.new($stderr, level: Logger::WARN)
      config[:fetch_class] = PausableFetch
    end.run
  end

  def launch
    require 'sidekiq/launcher'
    Sidekiq.configure_server { |config| config.redis = settings }
    Sidekiq.configure_client { |config| config.redis = settings }
    Sidekiq.logger.level = Logger::WARN
    options = Sidekiq.options.merge(queues: ['bench'], concurrency: CONCURRENCY, tag: 'bench', labels: [])
    options[:fetch] = PausableFetch.new(options)
    Sidekiq::Launcher.new(options).run
  end
end

actor = ROLE == 'producer' ? Producer.new : Worker.new
say('ok')
while (line = $stdin.gets&.chomp) && line != 'end'
  verb, *words = line.split(' ')
  begin
    say('ok', actor.public_send(verb, *words))
  rescue StandardError => e
    warn e.full_message
    say("failed #{e.message.gsub(/\s+/, ' ')}")
  end
end
exit!(0)
