/** Has the page kept on the phone. Without it (an old browser, no HTTPS) the page works online only. */
export async function registerShell(container: ServiceWorkerContainer | undefined): Promise<void> {
  try {
    await container?.register('./sw.js', { scope: './' });
  } catch (error) {
    console.warn('the page is not kept on this phone', error);
  }
}
