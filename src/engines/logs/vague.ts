/** Words that tell that something failed or ended, or who speaks of it: none says what is wrong. */
const idle = new Set(
  [
    'error errors err fatal critical severe panic exception exceptions runtimeexception illegalstateexception systemexit',
    'fail fails failed failing failure failures exit exits exiting exited quit quitting abort aborts aborted aborting',
    'terminate terminates terminated terminating termination stop stops stopped stopping shutdown shut shutting down bye',
    'crash crashed crashing die died dying kill killing end ended ending finished give giving gave up retry retries retrying',
    'start starts started starting startup boot booted booting bootstrapping launch launched launching run runs running ran',
    'init initialize initialized initializing initialization initialise initialised initialising initialisation setup restart',
    'application app program process processes server service services worker workers container pod manager main master',
    'child daemon instance component task job engine jvm system controller operator supervisor pid thread entrypoint mode',
    'command script signal sigterm sigkill sigint code codes status return returned returns result value reason cause caused',
    'see above below log logs output detail details more info information check please help previous current last following',
    'unhandled uncaught unexpected unknown unrecoverable assertion fassert problem problems something wrong occurred occur',
    'encountered happened abnormally abnormal unexpectedly prematurely gracefully cleanly immediately normally properly now',
    'the a an of on in at to for from by with without and or as is was are were be been being has have had do does did it its',
    'this that there we you your all any every each some one will must should could would can may might unable non zero',
    'due during while when after before because until null nil none undefined',
  ]
    .join(' ')
    .split(' '),
);

/** A text says no why without one of these: `boom` is short, and yet all that is known. */
const ofAnEnd =
  /fail|exit|abort|terminat|shut|stop|start|init|boot|launch|fatal|unable|error|exception|crash|giv(?:e|ing) up|gave up|running|assert/i;
const oneWord = /[\p{L}_][\p{L}\p{N}_']*/gu;
/** `(kafka.Kafka$)`: the logger, which log4j may write behind the message. */
const trailingLogger = /\s*\((?:\w+\.)+[\w$]+\)$/;
const maximumLength = 200;
/** `Check failed: Start()` */
const sourceCode = /\w\(\)|->|\w ?[=!]= ?\w/;
/** `P3009`: what it means stands below. */
const onlyCode = /^[A-Z]{1,6}-?\d{2,6}[.:]?$/;

/** The words of a text that say what happened, in small letters. */
export const tellingWords = (text: string): ReadonlySet<string> =>
  new Set(
    (text.replace(trailingLogger, '').match(oneWord) ?? [])
      .map((word) => word.toLowerCase())
      .filter((word) => !idle.has(word)),
  );

/**
 * Whether a text only tells that something failed or ended (`Exiting JVM with code 3`, `Failed to start kafka`), and not
 * why: the reason then stands elsewhere.
 */
export function saysNoWhy(text: string): boolean {
  if (text.length > maximumLength) return false;
  if (onlyCode.test(text)) return true;
  if (sourceCode.test(text)) return false;
  const { size } = tellingWords(text);
  return size === 0 || (size === 1 && ofAnEnd.test(text));
}
