import com.fasterxml.jackson.databind.ObjectMapper;
import io.camunda.client.CamundaClient;
import io.camunda.client.api.command.ClientException;
import io.camunda.client.api.response.Process;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The official client as a Java program uses it, configured by its environment alone. Each argument is a call; what it was
 * answered is printed as one JSON object. {@code pause} prints a line and waits for one.
 */
public final class JavaClient {
  private static final int THREADS = 130;
  private static final String BPMN =
      "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"t\">"
          + "<process id=\"curtain-call\" name=\"Curtain call\" isExecutable=\"true\"><startEvent id=\"s\"/>"
          + "<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"e\"/><endEvent id=\"e\"/></process></definitions>";

  public static void main(final String[] calls) throws Exception {
    final Map<String, Object> answers = new LinkedHashMap<>();
    try (CamundaClient camunda = CamundaClient.newClient()) {
      for (final String call : calls) answers.put(call, answer(camunda, call));
    }
    System.out.println(new ObjectMapper().writeValueAsString(answers));
    System.exit(0);
  }

  /** A failure is an answer, too: with its class and the status, and without the text around it. */
  private static Object answer(final CamundaClient camunda, final String call) throws Exception {
    try {
      return ask(camunda, call);
    } catch (final ClientException refused) {
      return Map.of("error", whatWentWrong(refused));
    }
  }

  private static Object ask(final CamundaClient camunda, final String call) throws Exception {
    return switch (call.split(" ")[0]) {
      case "topology" -> topology(camunda);
      case "deployment" -> deploy(camunda).getBpmnProcessId();
      case "instance" -> instance(camunda);
      case "definitions" -> camunda.newProcessDefinitionSearchRequest().send().join().items().stream()
          .map(definition -> definition.getProcessDefinitionId())
          .toList();
      case "users" -> camunda.newUsersSearchRequest().send().join().items().stream()
          .map(user -> user.getUsername())
          .toList();
      case "threads" -> threads(camunda);
      case "pause" -> pause();
      default -> throw new IllegalArgumentException("there is no call " + call);
    };
  }

  private static String topology(final CamundaClient camunda) {
    return camunda.newTopologyRequest().send().join().getGatewayVersion();
  }

  private static Process deploy(final CamundaClient camunda) {
    return camunda
        .newDeployResourceCommand()
        .addResourceStringUtf8(BPMN, "curtain-call.bpmn")
        .send()
        .join()
        .getProcesses()
        .get(0);
  }

  private static String instance(final CamundaClient camunda) {
    final long definition = deploy(camunda).getProcessDefinitionKey();
    return camunda
        .newCreateInstanceCommand()
        .processDefinitionKey(definition)
        .send()
        .join()
        .getBpmnProcessId();
  }

  /** All at once: how many were given each answer. */
  private static Map<String, Integer> threads(final CamundaClient camunda) throws Exception {
    final ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    final CountDownLatch ready = new CountDownLatch(THREADS);
    final List<Future<String>> asked = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread += 1) {
      asked.add(
          pool.submit(
              () -> {
                ready.countDown();
                ready.await();
                try {
                  topology(camunda);
                  return "answered";
                } catch (final ClientException refused) {
                  return whatWentWrong(refused);
                }
              }));
    }
    final Map<String, Integer> counted = new TreeMap<>();
    for (final Future<String> one : asked) counted.merge(one.get(), 1, Integer::sum);
    pool.shutdown();
    return counted;
  }

  private static String pause() throws Exception {
    System.out.println("paused");
    return new BufferedReader(new InputStreamReader(System.in)).readLine();
  }

  private static String whatWentWrong(final Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) first = first.getCause();
    return first.getClass().getSimpleName() + ": " + first.getMessage();
  }
}
