import { useState } from 'react';
import type { SubmitEvent } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { ask, asRefusal } from './use-clinic.ts';
import type { ListedPatient } from './use-clinic.ts';

/** Asks for the reason of an emergency, and says who will read it. */
export function BreakGlass({ patient }: { readonly patient: Pick<ListedPatient, 'id' | 'name'> }) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await ask(`/api/patients/${patient.id}/emergency`, { reason });
      location.assign(`/patients/${patient.id}`);
    } catch (error) {
      setProblem(asRefusal(error).message);
    }
  };
  return (
    <DialogTrigger>
      <Button className="button secondary" aria-label={`Emergency access to ${patient.name}`}>
        Emergency access
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog>
            {({ close }) => (
              <form onSubmit={(event) => void submit(event)}>
                <Heading slot="title">Emergency access to {patient.name}</Heading>
                <p>
                  You do not treat this patient. With a reason you can read and write for 30 minutes. The
                  privacy officer reads your reason and every step you take.
                </p>
                <div className="field">
                  <label htmlFor="reason">Reason</label>
                  <textarea
                    id="reason"
                    rows={3}
                    value={reason}
                    autoFocus
                    aria-describedby={problem === '' ? undefined : 'reason-problem'}
                    onChange={(event) => {
                      setReason(event.target.value);
                    }}
                  />
                </div>
                {problem !== '' && (
                  <p id="reason-problem" className="notice" role="alert">
                    {problem}
                  </p>
                )}
                <div className="actions">
                  <Button className="button" type="submit">
                    Open for 30 minutes
                  </Button>
                  <Button className="button secondary" onPress={close}>
                    Cancel
                  </Button>
                </div>
              </form>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
