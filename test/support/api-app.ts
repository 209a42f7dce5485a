/* The functions behind Alertmanager's API, and those beside them that a request may meet, as an app of their own. */
import '../../functions/alertmanager.ts';
import '../../functions/console.ts';
import '../../functions/deliver.ts';
import '../../functions/health.ts';
