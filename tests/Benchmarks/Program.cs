using Benchmarks;

// The peer of the question benchmark, in a process of its own.
if (args is ["serve-echo", var socket])
    return LineEcho.Serve(socket);

// One entry a benchmark; the name is what scripts/bench.sh takes. Each returns 0 when it keeps its limits.
var benchmarks = new Dictionary<string, Func<int>>(StringComparer.Ordinal)
{
    ["openspec"] = OpenSpecRun.Run,
    ["scan"] = () => ScanBenchmark.RunAsync([]).GetAwaiter().GetResult(),
    ["daemon"] = DaemonBenchmark.Run,
    ["librarian"] = LibrarianBenchmark.Run,
    ["documents"] = DocumentBenchmark.Run,
    ["questions"] = () => Math.Max(QuestionBenchmark.Run(), LibrarianBenchmark.Run()),
    ["models"] = ModelBenchmark.Run,
    ["review"] = ReviewBenchmark.Run,
    ["feedback"] = FeedbackBenchmark.Run,
};

var names = args.Length > 0 ? args : [.. benchmarks.Keys.Where(name => name != "librarian")]; // which is part of "questions"
if (names.FirstOrDefault(n => !benchmarks.ContainsKey(n)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark \"{unknown}\". There are: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}

return names.Select(n => benchmarks[n]()).ToArray().Max();
